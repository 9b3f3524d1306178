import type { Millis } from '../core/sample.js';
import { Fate, type Probes } from './ring.js';

/** Equal stretches of time with what the probes sent in each of them met. */
export interface Buckets {
  /** Smallest and largest RTT; NaN where nothing was answered. */
  min: Float32Array;
  max: Float32Array;
  /** The worst fate; `none` where nothing was sent. */
  fate: Uint8Array;
}

/** Sorts the probes of [from, to) into `count` buckets. */
export function bucketed(probes: Probes, from: Millis, to: Millis, count: number): Buckets {
  const min = new Float32Array(count).fill(NaN);
  const max = new Float32Array(count).fill(NaN);
  const fate = new Uint8Array(count);
  const perMs = count / (to - from);
  probes.since(from, (at, found, rttMs) => {
    const bucket = Math.floor((at - from) * perMs);
    if (bucket >= count) return;
    if (found > fate[bucket]!) fate[bucket] = found;
    if (found !== Fate.reply) return;
    if (!(min[bucket]! <= rttMs)) min[bucket] = rttMs;
    if (!(max[bucket]! >= rttMs)) max[bucket] = rttMs;
  });
  return { min, max, fate };
}

/** Least, middle and greatest of what was answered; undefined where nothing was. */
export function rangeOf({ min, max }: Buckets): { min: Millis; median: Millis; max: Millis } | undefined {
  const lows = min.filter(value => !Number.isNaN(value)).sort();
  if (lows.length === 0) return undefined;
  const highest = max.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, value)), 0);
  return { min: lows[0]!, median: lows[Math.floor(lows.length / 2)]!, max: highest };
}
