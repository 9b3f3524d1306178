import type { Millis } from '../../src/core/sample.js';

/**
 * The first slot `origin + k·interval` (k whole) that lies after `now`.
 * Counted from the origin each time, so that no error accumulates; missed slots are skipped and not made up for.
 */
export function nextSlot(origin: Millis, interval: Millis, now: Millis): Millis {
  if (now < origin) return origin;
  return origin + (Math.floor((now - origin) / interval) + 1) * interval;
}

/**
 * The phase of a target: spreads targets over the interval, so that their probes never leave as one burst. Phases are
 * multiples of `turnMs(interval)`, so a prober that wakes that often sends every probe in its slot.
 */
export function staggered(index: number, count: number, interval: Millis): Millis {
  const turn = turnMs(interval);
  return Math.floor((index * interval) / count / turn) * turn;
}

/** The first of the least used phases of `staggered`, for a target that is added later. */
export function leastUsedSlot(taken: Iterable<Millis>, interval: Millis): Millis {
  const turn = turnMs(interval);
  const used: number[] = Array(Math.max(1, Math.floor(interval / turn))).fill(0);
  for (const phase of taken) used[Math.min(used.length - 1, Math.round(phase / turn))]!++;
  return used.indexOf(Math.min(...used)) * turn;
}

/**
 * A probing loop that wakes every `turnMs` reports only lag that is longer than this: well above what its turns and a busy
 * machine add, and well below the 50 ms after which a reply is overdue.
 */
export function loopLagToleranceMs(interval: Millis): Millis {
  return turnMs(interval) + Math.max(10, interval / 10);
}

/** How often a prober wakes: every 10 ms, or five times an interval. Waking is the largest cost of probing. */
export function turnMs(interval: Millis): Millis {
  return Math.min(10, interval / 5);
}
