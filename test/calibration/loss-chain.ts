import { lossWeight, replyWeight } from '../../src/core/statistics/cusum.js';

/** Cells to a unit of the score. Finer takes the cube of the time. */
const CELLS = 20;

/**
 * Average number of probes to the first false alarm of a Bernoulli CUSUM on independent losses of probability `p0`,
 * when p0 is known: the run-length equations L(s) = 1 + p0·L(s + ln(p1/p0)) + (1 − p0)·L(max(0, s − w)) on a grid
 * (Brook and Evans, Biometrika 1972), solved by elimination.
 */
export function lossRunLength(p0: number, p1: number, h: number): number {
  const size = Math.floor(h * CELLS) + 1;
  const up = Math.round(lossWeight(p0, p1) * CELLS);
  const down = Math.round(-replyWeight(p0, p1) * CELLS);
  const rows = Array.from({ length: size }, (_, state) => {
    const row = new Float64Array(size + 1);
    row[size] = 1;
    row[state]! += 1;
    row[Math.max(0, state - down)]! -= 1 - p0;
    if (state + up < size) row[state + up]! -= p0;
    return row;
  });
  return solveFirst(rows, size);
}

/** Gaussian elimination from the last unknown to the first, which is returned. The diagonal dominates. */
function solveFirst(rows: readonly Float64Array[], size: number): number {
  for (let pivot = size - 1; pivot > 0; pivot--) {
    const from = rows[pivot]!;
    for (let other = 0; other < pivot; other++) {
      const row = rows[other]!;
      const factor = row[pivot]! / from[pivot]!;
      if (factor === 0) continue;
      for (let column = 0; column < pivot; column++) row[column]! -= factor * from[column]!;
      row[size]! -= factor * from[size]!;
    }
  }
  return rows[0]![size]! / rows[0]![0]!;
}
