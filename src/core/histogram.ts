import type { Millis } from './sample.js';

/** Half the width of a bucket, relative to the values in it: what a quantile may be off by. */
const ERROR = 0.005;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Values from 1 µs to 1000 s keep the promised error; what lies outside counts at the edge. */
const SMALLEST: Millis = 0.001;
const BUCKETS = Math.ceil(Math.log(1e6 / SMALLEST) / LOG_GAMMA) + 1;

/**
 * Durations in logarithmic buckets: quantiles within 0.5 %, minimum and maximum exact, 17 kB whatever the count.
 * The scheme of DDSketch (Masson, Rim and Lee, VLDB 2019), over a fixed range.
 */
export class Histogram {
  private counts = new Float64Array(BUCKETS);
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
    this.counts[bucketOf(value)]!++;
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
    // Nothing lies below the smallest, and the way there is long.
    let bucket = bucketOf(this.smallest);
    for (let seen = this.counts[bucket]!; seen <= rank; seen += this.counts[bucket]!) bucket++;
    return Math.min(this.largest, Math.max(this.smallest, centreOf(bucket)));
  }

  /** How many values lie in each of `bars` ranges of equal ratio, from the smallest to the largest. */
  bars(bars: number): { from: Millis; to: Millis; count: number }[] {
    if (this.total === 0) return [];
    const [first, last] = [bucketOf(this.smallest), bucketOf(this.largest)];
    const width = Math.max(1, Math.ceil((last - first + 1) / bars));
    return Array.from({ length: Math.ceil((last - first + 1) / width) }, (_, bar) => {
      const start = first + bar * width;
      const count = this.counts.subarray(start, start + width).reduce((sum, each) => sum + each, 0);
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
}

/** Bucket i holds (SMALLEST·γ^(i−1), SMALLEST·γ^i]. */
function bucketOf(value: Millis): number {
  if (!(value > SMALLEST)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value / SMALLEST) / LOG_GAMMA));
}

/** The value that is nowhere in the bucket further off than ERROR. */
function centreOf(bucket: number): Millis {
  return (2 * edgeOf(bucket + 1)) / (GAMMA + 1);
}

/** The lower edge of a bucket. */
function edgeOf(bucket: number): Millis {
  return SMALLEST * GAMMA ** (bucket - 1);
}
