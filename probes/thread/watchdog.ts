import type { Millis } from '../../src/core/sample.js';

/** A thread turns at least five times a second. */
const CHECK_INTERVAL_MS: Millis = 5000;

/**
 * Calls `hung`, once, if a thread's count of turns has not changed at two checks in a row: a single one may mean that our
 * own process was stopped. Returns a function that ends the watch.
 */
export function watchTurns(turns: Int32Array, hung: () => void): () => void {
  let before = -1;
  let still = 0;
  const timer = setInterval(() => {
    const now = Atomics.load(turns, 0);
    still = now === before ? still + 1 : 0;
    before = now;
    if (still < 2) return;
    clearInterval(timer);
    hung();
  }, CHECK_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}
