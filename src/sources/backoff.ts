import type { Millis } from '../core/sample.js';

/** Before what broke is opened anew for the first time. */
export const FIRST_PAUSE: Millis = 1000;
const MAX_PAUSE: Millis = 30_000;
/** What broke after this long had been fine, and broke for a reason of its own: no need to be shy about it. */
const RAN_WELL: Millis = 60_000;

/** The pause after one of `pauseMs` that did not help. */
export function longerPause(pauseMs: Millis): Millis {
  return Math.min(MAX_PAUSE, 2 * pauseMs);
}

/** The pause for what ran for so long before it broke. */
export function pauseAfter(ranMs: Millis, pauseMs: Millis): Millis {
  return ranMs > RAN_WELL ? FIRST_PAUSE : pauseMs;
}
