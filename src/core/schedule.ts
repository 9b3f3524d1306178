import type { Millis } from './sample.js';

/**
 * The first slot `origin + k·interval` (k whole) that lies after `now`.
 * Counted from the origin each time, so that nothing accumulates; slots that were missed are skipped, not caught up.
 */
export function nextSlot(origin: Millis, interval: Millis, now: Millis): Millis {
  if (now < origin) return origin;
  return origin + (Math.floor((now - origin) / interval) + 1) * interval;
}

/** Spreads targets evenly over the interval, so that their probes never leave as one burst. */
export function staggered(index: number, count: number, interval: Millis): Millis {
  return (index * interval) / count;
}
