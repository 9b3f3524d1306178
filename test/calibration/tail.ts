/**
 * How often a score would exceed a limit, from the maxima of quiet blocks, by peaks over threshold: the top tenth of
 * the maxima follows a generalised Pareto tail. Its scale is each path's own; its shape is pooled over the paths, because that of a single path is
 * mostly chance (regional frequency analysis, Hosking and Wallis 1997).
 */
const TOP = 0.1;
/** Fewer blocks have no tail to speak of. */
const FEWEST = 100;

export interface Tail {
  /** Where it begins, and the share of the blocks that lie in it. */
  level: number;
  share: number;
  /** By how much they exceed the level, in rising order. */
  excesses: readonly number[];
}

/** `undefined` for fewer than 100 blocks. */
export function tailOf(maxima: readonly number[]): Tail | undefined {
  if (maxima.length < FEWEST) return undefined;
  const sorted = maxima.toSorted((a, b) => a - b);
  const from = Math.floor((1 - TOP) * sorted.length);
  const level = sorted[from]!;
  const excesses = sorted.slice(from).map(value => value - level);
  return { level, share: excesses.length / sorted.length, excesses };
}

/** Shape by probability-weighted moments (Hosking and Wallis 1987): 0 exponential, above 0 heavier. */
export function shapeOf({ excesses }: Tail): number {
  const n = excesses.length;
  const weighted = excesses.reduce((sum, value, index) => sum + ((n - 1 - index) / (n - 1)) * value, 0) / n;
  const mean = meanOf(excesses);
  return mean === 0 ? 0 : 2 - mean / (mean - 2 * weighted);
}

/** The mean of the shapes, by the size of the tails; never below 0, where a tail would have an end. */
export function pooledShape(tails: readonly Tail[]): number {
  const count = tails.reduce((sum, { excesses }) => sum + excesses.length, 0);
  const sum = tails.reduce((total, tail) => total + shapeOf(tail) * tail.excesses.length, 0);
  return count === 0 ? 0 : Math.max(0, sum / count);
}

/**
 * The share of blocks whose maximum is above `limit`, for a tail of this shape whose mean excess is as observed.
 * For a limit below the tail it is the tail's own share: at least so many.
 */
export function exceedanceRate({ level, share, excesses }: Tail, limit: number, shape: number): number {
  const excess = limit - level;
  if (excess <= 0) return share;
  const scale = meanOf(excesses) * (1 - shape);
  if (scale === 0) return 0;
  return share * (shape > 0 ? (1 + (shape * excess) / scale) ** (-1 / shape) : Math.exp(-excess / scale));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
