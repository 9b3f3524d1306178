import type { Millis } from '../../src/core/sample.js';

/** An evacuation of a whole host causes some hundred lines a second. */
const MAX_LINES_A_SECOND = 5000;

/** Why a connection that writes faster is ended. */
export const FLOOD = `it writes more than ${MAX_LINES_A_SECOND} lines a second`;

/** Counts lines, so that a peer that floods cannot keep this process busy. */
export class LineRate {
  private since: Millis = -Infinity;
  private lines = 0;

  /** Whether this line is one too many. */
  exceeds(now: Millis): boolean {
    if (now - this.since >= 1000) [this.since, this.lines] = [now, 0];
    return ++this.lines > MAX_LINES_A_SECOND;
  }
}
