import type { Millis } from '../core/sample.js';

/** The pause before the first attempt to open something again. */
export const FIRST_PAUSE: Millis = 1000;
const MAX_PAUSE: Millis = 30_000;
/** A run of this length was fine, so its end is a new fault and pauses begin short again. */
const STABLE_RUN_MS: Millis = 60_000;

/** The next pause after one of `pauseMs` that did not help. */
export function longerPause(pauseMs: Millis): Millis {
  return Math.min(MAX_PAUSE, 2 * pauseMs);
}

/** The pause after a run of `ranMs`; `pauseMs` was the last one. */
export function pauseAfter(ranMs: Millis, pauseMs: Millis): Millis {
  return ranMs > STABLE_RUN_MS ? FIRST_PAUSE : pauseMs;
}
