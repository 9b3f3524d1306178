import { anyNumber, object, oneOf, text } from './validation/saved-state.js';

/** A detector's verdict on a target after a sample. */
export interface Verdict {
  /** `learning`: no baseline yet, so silence means nothing. */
  state: 'learning' | 'calm' | 'alarm';
  /** The statistic, in the detector's own unit; it alarms above `threshold`. */
  score: number;
  threshold: number;
  /** In an alarm, the reason in words; else empty. */
  why: string;
}

/** How a verdict is saved in the state of a detector. */
export const VERDICT = object<Verdict>({
  state: oneOf('learning', 'calm', 'alarm'),
  score: anyNumber,
  threshold: anyNumber,
  why: text,
});

/** A verdict with the name of the detector that gave it. */
export interface NamedVerdict {
  detector: string;
  verdict: Verdict;
}
