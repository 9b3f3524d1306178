import type { Millis } from '../../core/sample.js';
import { type ProbeReader, ProbeStatus } from './ring.js';

/** Equal stretches of time with the RTTs and outcomes of the probes sent in each. */
export class Buckets {
  /** Smallest and largest RTT; NaN where nothing was answered. */
  readonly min: Float32Array;
  readonly max: Float32Array;
  /** The worst outcome; `none` if nothing was sent. */
  readonly status: Uint8Array;

  constructor(readonly count: number) {
    this.min = new Float32Array(count).fill(NaN);
    this.max = new Float32Array(count).fill(NaN);
    this.status = new Uint8Array(count);
  }

  widen(bucket: number, min: Millis, max: Millis): void {
    if (!(this.min[bucket]! <= min)) this.min[bucket] = min;
    if (!(this.max[bucket]! >= max)) this.max[bucket] = max;
  }

  /** The last so many of them. */
  last(count: number): Buckets {
    const last = new Buckets(count);
    for (const name of ['min', 'max', 'status'] as const) last[name].set(this[name].subarray(-count));
    return last;
  }
}

/** Sorts the probes of [from, to) into `count` buckets. */
export function bucketed(probes: ProbeReader, from: Millis, to: Millis, count: number): Buckets {
  const buckets = new Buckets(count);
  const { status } = buckets;
  const perMs = count / (to - from);
  probes.since(from, (at, found, rttMs) => {
    const bucket = Math.floor((at - from) * perMs);
    if (bucket >= count) return;
    if (found > status[bucket]!) status[bucket] = found;
    if (found === ProbeStatus.reply) buckets.widen(bucket, rttMs, rttMs);
  });
  return buckets;
}

/** The distribution of the answered RTTs. */
export interface RttRange {
  min: Millis;
  median: Millis;
  max: Millis;
  /** Nearly all values are below it; `max` where absent. */
  usual?: Millis;
}

/** The quantile of the buckets' maxima that counts as usual, so that a few stray replies do not. */
const USUAL = 0.98;

/** Undefined without an answer. */
export function rangeOf({ min, max }: Buckets): RttRange | undefined {
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
