/** What a shared page holds beside its text: the program writes it, and the page's script reads it. */

/** Milliseconds; moments are since `startedAt` of the model. */
type Millis = number;

export interface PageModel {
  /** Since 1970, in UTC. */
  startedAt: Millis;
  lengthMs: Millis;
  intervalMs: Millis;
  targets: readonly PageTarget[];
  events: readonly PageEvent[];
  notes: readonly PageNote[];
}

export interface PageTarget {
  name: string;
  simulated: boolean;
  /** Changes of the light, in the order of time: 0 green, 1 amber, 2 red. */
  lights: readonly (readonly [at: Millis, light: 0 | 1 | 2])[];
  /** When it was not probed. */
  gaps: readonly (readonly [from: Millis, to: Millis])[];
  /** The words of its announcements. */
  frameWords: readonly string[];
  /** The detectors, in the order of their levels. */
  detectors: readonly string[];
  /** The range of the round trips. */
  rttMs?: { min: Millis; median: Millis; max: Millis };
}

export interface PageEvent {
  number: string;
  /** The id of its section in the page. */
  anchor: string;
  /** The place of its target in the model. */
  target: number;
  kind: string;
  red: boolean;
  from: Millis;
  to: Millis;
  blackout?: readonly [from: Millis, to: Millis];
  /** `blackout 100 ms`; empty without one. */
  length: string;
  steps: string;
}

export interface PageNote {
  at: Millis;
  text: string;
}

/** The samples of one target; times are in milliseconds since `startedAt`, ascending. */
export interface TargetSeries {
  echo: Series;
  clock: Series;
  frames: Series;
  viewer: Series;
  /** One time column, and a level column for each detector. */
  levels: { at: Float64Array; columns: readonly Uint8Array[] };
}

/** Times and what was measured then, as whole numbers. */
export interface Series {
  at: Float64Array;
  value: Int32Array;
}
