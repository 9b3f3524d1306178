/**
 * How often a score would exceed `limit`, per block, from the maxima of quiet blocks.
 *
 * Peaks over threshold: the top tenth of the block maxima (blocks much longer than the noise's memory, so that they
 * count as independent) is fitted with a generalised Pareto tail by probability-weighted moments (Hosking and Wallis
 * 1987). The shape is held at 0 or above: the tail is never taken to be lighter than exponential or to end.
 * A CUSUM with bounded steps has an exponential tail whatever the steps are (Lundberg's inequality): `exponential`.
 * Returns NaN for fewer than 100 blocks: no tail to speak of.
 */
export function exceedanceRate(maxima: readonly number[], limit: number, tail: Tail = 'pareto'): number {
  if (maxima.length < 100) return NaN;
  const sorted = maxima.toSorted((a, b) => a - b);
  const from = Math.floor(0.9 * sorted.length);
  const level = sorted[from]!;
  const excesses = sorted.slice(from).map(value => value - level);
  const share = excesses.length / sorted.length;
  if (limit <= level) return sorted.filter(value => value > limit).length / sorted.length;
  const { shape, scale } = FITS[tail](excesses);
  const excess = (limit - level) / scale;
  return share * (shape > 0 ? (1 + shape * excess) ** (-1 / shape) : Math.exp(-excess));
}

/** Fits excesses given in rising order. */
export function fitPareto(excesses: readonly number[]): { shape: number; scale: number } {
  const n = excesses.length;
  const mean = excesses.reduce((sum, value) => sum + value, 0) / n;
  const weighted = excesses.reduce((sum, value, index) => sum + ((n - 1 - index) / (n - 1)) * value, 0) / n;
  if (mean === 0) return { shape: 0, scale: Number.MIN_VALUE };
  const shape = 2 - mean / (mean - 2 * weighted);
  if (shape <= 0) return { shape: 0, scale: mean };
  return { shape, scale: (2 * mean * weighted) / (mean - 2 * weighted) };
}

function fitExponential(excesses: readonly number[]): { shape: number; scale: number } {
  const mean = excesses.reduce((sum, value) => sum + value, 0) / excesses.length;
  return { shape: 0, scale: mean || Number.MIN_VALUE };
}

const FITS = { pareto: fitPareto, exponential: fitExponential };
export type Tail = keyof typeof FITS;
