/** Two samples are this large or larger for the normal approximation; smaller ones without ties are counted exactly. */
const MIN_APPROXIMATED = 20;

/** Whether one group tends to larger values than another. */
export interface RankTest {
  /** Of the first group: the number of pairs in which its value is larger, ties count half. */
  u: number;
  /** Two-sided. */
  p: number;
  /**
   * Cliff's delta: how much more often a value of the first group is larger than one of the second than smaller; -1…1, 0
   * without a difference.
   */
  delta: number;
}

/**
 * The rank test of Mann and Whitney (1947): exact for small groups without ties, else by the normal approximation with
 * corrections for ties and continuity. Undefined if a group is empty.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): RankTest | undefined {
  const [n, m] = [first.length, second.length];
  if (n === 0 || m === 0) return undefined;
  let u = 0;
  for (const a of first) for (const b of second) u += a > b ? 1 : a === b ? 0.5 : 0;
  const ties = tieGroups([...first, ...second]);
  const isExact = ties.length === 0 && Math.max(n, m) < MIN_APPROXIMATED;
  return { u, p: isExact ? exact(u, n, m) : approximate(u, n, m, ties), delta: (2 * u) / (n * m) - 1 };
}

/** The sizes of the groups of equal values, of two or more. */
function tieGroups(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter(count => count > 1);
}

/** Counts the orders of n and m values with each U by the recurrence of Mann and Whitney. */
function exact(u: number, n: number, m: number): number {
  let counts = Array.from({ length: m + 1 }, () => [1]);
  for (let i = 1; i <= n; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= m; j++) {
      const [without, shifted] = [next[j - 1]!, counts[j]!];
      next.push(
        Array.from({ length: i * j + 1 }, (_, k) => (without[k] ?? 0) + (k >= j ? (shifted[k - j] ?? 0) : 0)),
      );
    }
    counts = next;
  }
  const orders = counts[m]!;
  const total = orders.reduce((sum, count) => sum + count, 0);
  const least = Math.min(u, n * m - u);
  const tail = orders.slice(0, least + 1).reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / total);
}

function approximate(u: number, n: number, m: number, ties: readonly number[]): number {
  const all = n + m;
  const tied = ties.reduce((sum, t) => sum + (t ** 3 - t), 0);
  const variance = ((n * m) / 12) * (all + 1 - tied / (all * (all - 1)));
  if (variance <= 0) return 1;
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * upperTail(z));
}

/** The normal distribution above z ≥ 0 (Abramowitz and Stegun 26.2.17): off by at most 7.5e-8. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => t * (factor + rest), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
