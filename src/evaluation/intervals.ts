/** A 95 % confidence interval of a share, each in 0…1. */
export interface Interval {
  low: number;
  high: number;
}

const ONE_TAIL = 0.05;
const EACH_TAIL = 0.025;
/** Halvings of an interval: more than a double distinguishes. */
const STEPS = 60;

/**
 * The 95 % confidence interval of a share of which `found` of `of` were found; undefined of none. It covers the true share
 * in at least 95 % of all cases. Reference: Clopper and Pearson 1934.
 */
export function shareInterval(found: number, of: number): Interval | undefined {
  if (of === 0) return undefined;
  const below = (share: number, count: number) => binomialAtMost(count, of, share);
  return {
    low: found === 0 ? 0 : root(share => EACH_TAIL - (1 - below(share, found - 1)), 0, 1),
    high: found === of ? 1 : root(share => below(share, found) - EACH_TAIL, 0, 1),
  };
}

/**
 * The upper 95 % bound of the expected number of events, of which `count` were seen: 2.996 if there were none, which is the
 * rule of three. Reference: Garwood 1936.
 */
export function upperCount(count: number): number {
  return root(expected => poissonAtMost(count, expected) - ONE_TAIL, 0, 2 * count + 20);
}

/** Where a falling function is 0. */
function root(falling: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function binomialAtMost(count: number, of: number, share: number): number {
  let [sum, logTerm] = [0, of * Math.log1p(-share)];
  for (let k = 0; k <= count; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((of - k) / (k + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return sum;
}

function poissonAtMost(count: number, expected: number): number {
  let [sum, logTerm] = [0, -expected];
  for (let k = 0; k <= count; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(expected / (k + 1));
  }
  return sum;
}
