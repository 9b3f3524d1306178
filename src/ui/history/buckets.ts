import type { Millis } from '../../core/sample.js';
import { Fate, type Probes } from './ring.js';

/** Equal stretches of time with what the probes sent in each of them met. */
export class Buckets {
  /** Smallest and largest RTT; NaN where nothing was answered. */
  readonly min: Float32Array;
  readonly max: Float32Array;
  /** The worst fate; `none` where nothing was sent. */
  readonly fate: Uint8Array;

  constructor(readonly count: number) {
    this.min = new Float32Array(count).fill(NaN);
    this.max = new Float32Array(count).fill(NaN);
    this.fate = new Uint8Array(count);
  }

  widen(bucket: number, min: Millis, max: Millis): void {
    if (!(this.min[bucket]! <= min)) this.min[bucket] = min;
    if (!(this.max[bucket]! >= max)) this.max[bucket] = max;
  }

  /** The last so many of them. */
  last(count: number): Buckets {
    const last = new Buckets(count);
    for (const name of ['min', 'max', 'fate'] as const) last[name].set(this[name].subarray(-count));
    return last;
  }
}

/** Sorts the probes of [from, to) into `count` buckets. */
export function bucketed(probes: Probes, from: Millis, to: Millis, count: number): Buckets {
  const buckets = new Buckets(count);
  const { fate } = buckets;
  const perMs = count / (to - from);
  probes.since(from, (at, found, rttMs) => {
    const bucket = Math.floor((at - from) * perMs);
    if (bucket >= count) return;
    if (found > fate[bucket]!) fate[bucket] = found;
    if (found === Fate.reply) buckets.widen(bucket, rttMs, rttMs);
  });
  return buckets;
}

/** How far what was answered reaches. */
export interface Range {
  min: Millis;
  median: Millis;
  max: Millis;
  /** All but a few of the largest lie below; `max` where absent. */
  usual?: Millis;
}

/** Below this share of the buckets' largest lies what is usual: a few stray replies are not. */
const USUAL = 0.98;

/** Undefined where nothing was answered. */
export function rangeOf({ min, max }: Buckets): Range | undefined {
  const answered = (values: Float32Array) => values.filter(value => !Number.isNaN(value)).sort();
  const [lows, highs] = [answered(min), answered(max)];
  const { length } = lows;
  if (length === 0) return undefined;
  return {
    min: lows[0]!,
    median: lows[Math.floor(length / 2)]!,
    max: highs[length - 1]!,
    usual: highs[Math.floor(USUAL * (length - 1))]!,
  };
}
