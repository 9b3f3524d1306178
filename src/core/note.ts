import type { Millis, TargetId } from './sample.js';

/** A text about a moment, from the user or from another source. */
export interface Note {
  at: Millis;
  text: string;
  target?: TargetId;
}
