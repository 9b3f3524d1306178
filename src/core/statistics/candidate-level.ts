import type { Millis } from '../sample.js';
import { count, moment, number, object } from '../validation/saved-state.js';

/** Observations that a level remembers: it follows a drift over a day, and forgets how it began. */
const MEMORY = 200;
/** Outliers are this share of what a level explains. */
const OUTLIERS = 0.01;
/** Differences below this, in ms, are never worth an alarm. */
export const LEAST_SPREAD: Millis = 0.1;
/** No round trip of any use is longer: eleven days. */
export const LONGEST: Millis = 1e9;

export interface CandidateState {
  since: Millis;
  observations: number;
  mean: Millis;
  weight: number;
  squares: number;
  probability: number;
}

export const CANDIDATE = object<CandidateState>({
  since: moment,
  observations: count,
  mean: number(0, LONGEST),
  weight: number(1, MEMORY),
  squares: number(LEAST_SPREAD ** 2, MEMORY * 4 * LONGEST ** 2),
  probability: number(0, 1),
});

/**
 * One hypothesis: since a certain moment the observations scatter around one level, of unknown mean and variance.
 *
 * The next observation then has Student's t distribution with `weight` degrees of freedom (normal data, normal-gamma
 * prior that counts as one observation), mixed with 1 % of outliers, which lie anywhere. An observation is learned with
 * the probability that it is not an outlier. So no single one counts for more than ln(100 × density ratio).
 */
export class CandidateLevel {
  /** `spread`: the usual difference between observations, in ms, which stands for its scatter as long as that is unknown. */
  static begin(at: Millis, value: Millis, spread: Millis, probability: number): CandidateLevel {
    const weights = { weight: 1, squares: Math.max(LEAST_SPREAD, spread) ** 2 };
    return new CandidateLevel({ since: at, observations: 1, mean: value, ...weights, probability });
  }

  constructor(readonly state: CandidateState) {}

  /**
   * Takes an observation: multiplies the probability by its density under this level, and learns from it.
   * `anywhere` is the density of an outlier.
   */
  observe(value: Millis, anywhere: number): void {
    const { state } = this;
    const { weight, squares } = state;
    const error = value - state.mean;
    const own = (1 - OUTLIERS) * studentDensity(error, weight, (squares * (weight + 1)) / weight ** 2);
    const density = own + OUTLIERS * anywhere;
    const inlier = own / density;
    const grown = weight + inlier;
    const kept = Math.min(1, MEMORY / grown);
    state.probability *= density;
    state.observations++;
    state.mean += (inlier * error) / grown;
    state.weight = grown * kept;
    state.squares = (squares + (inlier * weight * error ** 2) / grown) * kept;
    // Perfectly regular values would leave no scatter at all.
    state.squares = Math.max(state.squares, state.weight * LEAST_SPREAD ** 2);
  }
}

/** Density of Student's t with `freedom` degrees of freedom and a squared scale, at a distance from its centre. */
function studentDensity(distance: number, freedom: number, scale2: number): number {
  const half = freedom / 2;
  // Γ(x + ½) / Γ(x), within 2 % from x = ½ on.
  const gammas = Math.sqrt(half) * (1 - 1 / (8 * half) + 1 / (128 * half ** 2));
  const tail = Math.log1p(distance ** 2 / (freedom * scale2));
  return (gammas / Math.sqrt(freedom * Math.PI * scale2)) * Math.exp(-(half + 0.5) * tail);
}
