import type { Millis } from '../sample.js';
import { expectState, type Json, number, numbers, part, type Stateful } from '../validation/saved-state.js';

/** Half the width of a bucket, relative to the values in it: the largest error of a quantile. */
const ERROR = 0.005;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Values from 1 µs to 1000 s have at most this error; values outside count at the edge. */
const SMALLEST: Millis = 0.001;
const BUCKETS = Math.ceil(Math.log(1e6 / SMALLEST) / LOG_GAMMA) + 1;
/** Buckets are allocated in groups of this size. */
const BLOCK = 32;

const STATE = part<{ smallest: number; largest: number; counts: Float64Array }>(1, {
  smallest: number(-Number.MAX_VALUE, Number.POSITIVE_INFINITY),
  largest: number(Number.NEGATIVE_INFINITY, Number.MAX_VALUE),
  counts: numbers(BUCKETS, 0, Number.MAX_SAFE_INTEGER),
});

/**
 * Durations in logarithmic buckets: quantiles within 0.5 %, minimum and maximum exact, at most 17 kB for any count.
 * The scheme of DDSketch (Masson, Rim and Lee, VLDB 2019), over a fixed range.
 */
export class Histogram implements Stateful {
  /** The counts of the buckets from `first` on: only those around the values. */
  private counts: Float64Array = new Float64Array(0);
  private first = 0;
  private total = 0;
  private smallest = Infinity;
  private largest = -Infinity;

  get count(): number {
    return this.total;
  }

  /** Infinity while empty. */
  get min(): Millis {
    return this.smallest;
  }

  /** -Infinity while empty. */
  get max(): Millis {
    return this.largest;
  }

  add(value: Millis): void {
    const bucket = bucketOf(value);
    if (bucket < this.first || bucket >= this.first + this.counts.length) this.makeRoom(bucket);
    this.counts[bucket - this.first]!++;
    this.total++;
    if (value < this.smallest) this.smallest = value;
    if (value > this.largest) this.largest = value;
  }

  /** The value of rank ⌊q·(n − 1)⌋ in ascending order, for q in 0…1; undefined while empty. */
  quantile(q: number): Millis | undefined {
    if (this.total === 0) return undefined;
    const rank = Math.floor(q * (this.total - 1));
    if (rank === 0) return this.smallest;
    if (rank === this.total - 1) return this.largest;
    // A shortcut: nothing is below the smallest, and the loop would be long.
    let place = bucketOf(this.smallest) - this.first;
    for (let seen = this.counts[place]!; seen <= rank; seen += this.counts[place]!) place++;
    return Math.min(this.largest, Math.max(this.smallest, centreOf(this.first + place)));
  }

  /** The number of values in each of `bars` ranges of equal ratio, from the smallest to the largest. */
  bars(bars: number): { from: Millis; to: Millis; count: number }[] {
    if (this.total === 0) return [];
    const [first, last] = [bucketOf(this.smallest), bucketOf(this.largest)];
    const width = Math.max(1, Math.ceil((last - first + 1) / bars));
    return Array.from({ length: Math.ceil((last - first + 1) / width) }, (_, bar) => {
      const start = first + bar * width;
      const place = start - this.first;
      const count = this.counts.subarray(place, place + width).reduce((sum, each) => sum + each, 0);
      return { from: edgeOf(start), to: edgeOf(start + width), count };
    });
  }

  copy(): Histogram {
    const copy: Histogram = Object.assign(new Histogram(), this);
    copy.counts = this.counts.slice();
    return copy;
  }

  clear(): void {
    this.counts.fill(0);
    this.total = 0;
    this.smallest = Infinity;
    this.largest = -Infinity;
  }

  /** The counts from the bucket of the smallest value to that of the largest. */
  save(): Json {
    const { smallest, largest, total } = this;
    const from = bucketOf(smallest) - this.first;
    const counts = this.counts.slice(from, bucketOf(largest) - this.first + 1);
    return STATE.save({ smallest, largest, counts: total === 0 ? new Float64Array(0) : counts });
  }

  load(saved: Json): void {
    const { smallest, largest, counts } = STATE.load(saved);
    const total = counts.reduce((sum, each) => sum + each, 0);
    const length = total === 0 ? 0 : bucketOf(largest) - bucketOf(smallest) + 1;
    const edges = total === 0 || (counts[0]! > 0 && counts.at(-1)! > 0 && smallest <= largest);
    const whole = counts.every(Number.isSafeInteger) && Number.isSafeInteger(total);
    expectState(counts.length === length && edges && whole, 'counts from the smallest to the largest value');
    this.clear();
    if (total === 0) return;
    this.counts = counts;
    this.first = bucketOf(smallest);
    this.total = total;
    this.smallest = smallest;
    this.largest = largest;
  }

  private makeRoom(bucket: number): void {
    const { first, counts } = this;
    const [low, high] = counts.length === 0 ? [bucket, bucket] : [first, first + counts.length - 1];
    this.first = Math.floor(Math.min(bucket, low) / BLOCK) * BLOCK;
    const end = Math.min(BUCKETS, (Math.floor(Math.max(bucket, high) / BLOCK) + 1) * BLOCK);
    this.counts = new Float64Array(end - this.first);
    this.counts.set(counts, low - this.first);
  }
}

/** Bucket i holds (SMALLEST·γ^(i−1), SMALLEST·γ^i]. */
function bucketOf(value: Millis): number {
  if (!(value > SMALLEST)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value / SMALLEST) / LOG_GAMMA));
}

/** The value that differs from no value of the bucket by more than ERROR. */
function centreOf(bucket: number): Millis {
  return (2 * edgeOf(bucket + 1)) / (GAMMA + 1);
}

/** The lower edge of a bucket. */
function edgeOf(bucket: number): Millis {
  return SMALLEST * GAMMA ** (bucket - 1);
}
