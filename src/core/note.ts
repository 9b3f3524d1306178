import type { Millis, TargetId } from './sample.js';

/** Words about a moment: the user's, or of whoever told what was going on. */
export interface Note {
  at: Millis;
  text: string;
  target?: TargetId;
}
