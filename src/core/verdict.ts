/** What a detector makes of a target after a sample. */
export interface Verdict {
  /** `learning`: no baseline yet, so silence means nothing. */
  state: 'learning' | 'calm' | 'alarm';
  /** The statistic, in the detector's own unit; it alarms above `threshold`. */
  score: number;
  threshold: number;
  /** In an alarm, the reason in words; else empty. */
  why: string;
}

/** A verdict with the name of the detector that gave it. */
export interface NamedVerdict {
  detector: string;
  verdict: Verdict;
}
