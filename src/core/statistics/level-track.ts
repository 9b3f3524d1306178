import type { Millis } from '../sample.js';
import {
  count,
  expectState,
  inner,
  type Json,
  list,
  numbers,
  part,
  type Stateful,
} from '../validation/saved-state.js';
import { CANDIDATE, CandidateLevel, type CandidateState, LEAST_SPREAD, LONGEST } from './candidate-level.js';
import { ChangeMoment } from './change-moment.js';
import { MedianBins } from './median-bins.js';
import { SortedWindow } from './sorted-window.js';

/** The level of the round trips moved, and stayed. */
export interface LevelChange {
  /** When the level moved: exact to a sixteenth of a bin, or to an observation where these are longer. */
  at: Millis;
  fromMs: Millis;
  toMs: Millis;
  /** The probability that the level moved since, under the model. */
  probability: number;
}

export interface LevelOptions {
  /** Round trips of this time are one observation: their median. */
  binMs: Millis;
  /** Observations that a level must last. */
  count: number;
  /** Probability of a change at an observation, before it is seen. */
  hazard: number;
  /** Smaller changes are followed, but not reported: in ms, as a share of the level, and in usual differences. */
  leastMs: Millis;
  leastShare: number;
  leastSpreads: number;
}

/** A change is reported once it is more probable than this. */
export const SURE = 0.9;
/** Candidates beyond these are too improbable to matter. */
const MAX_CANDIDATES = 12;
/** A candidate below this is given up, unless it has only begun. */
const NEGLIGIBLE = 1e-12;
/** The median of |difference| of two normal values is this many of their σ. */
const MEDIAN_DIFFERENCE = 0.954;
/** Observations over which the usual difference is the median. */
const DIFFERENCES = 200;
/** Of an option that counts. */
const MAX_COUNT = 1000;

const STATE = part<{
  bins: Json;
  moment: Json;
  differences: Json;
  recent: Float64Array;
  candidates: CandidateState[];
  current: number;
}>(1, {
  bins: inner,
  moment: inner,
  differences: inner,
  recent: numbers(MAX_COUNT, 0, LONGEST),
  candidates: list(CANDIDATE, MAX_CANDIDATES),
  current: count,
});

/**
 * The level of a target's round trips, and the moments at which it moved for good: Bayesian online changepoint
 * detection (Adams and MacKay 2007), robust against outliers, with few candidates.
 *
 * Each observation may begin a new level (with probability `hazard`), or continue one of the candidates, whose
 * probabilities follow from how well they explain what came since. A change is reported once the candidates that are
 * younger than the current level, and have lasted `count` observations, have more than 90 % of the probability.
 *
 * The usual difference is that between observations `count` apart: where neighbours are alike because the load wanders,
 * it covers the wandering, and a change has to stand out of that.
 */
export class LevelTrack implements Stateful {
  private readonly bins: MedianBins;
  private readonly moment: ChangeMoment;
  private readonly differences = new SortedWindow(DIFFERENCES);
  /** The last `count` observations, oldest first. */
  private recent: Millis[] = [];
  private candidates: CandidateLevel[] = [];
  private current: CandidateLevel | undefined;
  /** That the level has moved, and the new one has lasted, since the last change. */
  probability = 0;

  constructor(private readonly options: LevelOptions) {
    this.bins = new MedianBins(options.binMs);
    this.moment = new ChangeMoment(options.binMs);
  }

  /** Takes a round trip of at least 0 ms. Returns the change that it confirms. */
  add(at: Millis, rttMs: Millis): LevelChange | undefined {
    const value = Math.min(rttMs, LONGEST);
    this.moment.add(at, value);
    let change: LevelChange | undefined;
    for (const bin of this.bins.add(at, value)) change = this.observe(bin.at, bin.value) ?? change;
    return change;
  }

  /** NaN before the first observation. */
  get levelMs(): Millis {
    return this.current?.state.mean ?? NaN;
  }

  /** False while the level has not lasted long enough to say from where it moves. */
  get settled(): boolean {
    return (this.current?.state.observations ?? 0) >= this.options.count;
  }

  save(): Json {
    const { bins, moment, differences, recent, candidates, current } = this;
    return STATE.save({
      ...{ bins: bins.save(), moment: moment.save() },
      ...{ differences: differences.save(), recent: Float64Array.from(recent) },
      candidates: candidates.map(({ state }) => state),
      current: current ? candidates.indexOf(current) : 0,
    });
  }

  load(saved: Json): void {
    const { bins, moment, differences, recent, candidates, current } = STATE.load(saved);
    this.bins.load(bins);
    this.moment.load(moment);
    this.differences.load(differences);
    const { usual } = this;
    expectState(usual >= LEAST_SPREAD && usual <= 2 * LONGEST, 'usual differences of round trips');
    expectState(recent.length <= this.options.count, `${this.options.count} observations`);
    expectState(current < Math.max(1, candidates.length), 'a current candidate');
    this.recent = [...recent];
    this.candidates = candidates.map(state => new CandidateLevel(state));
    this.current = this.candidates[current];
    this.probability = this.movedSince();
  }

  private observe(at: Millis, value: Millis): LevelChange | undefined {
    this.measure(value);
    const { hazard } = this.options;
    const { current, candidates } = this;
    if (!current) {
      this.current = CandidateLevel.begin(at, value, this.usual, 1);
      this.candidates = [this.current];
      return undefined;
    }
    // An outlier may lie anywhere up to about the level itself, or twice as high.
    const anywhere = 1 / (1 + current.state.mean);
    for (const candidate of candidates) candidate.observe(value, anywhere);
    candidates.push(CandidateLevel.begin(at, value, this.usual, hazard * anywhere));
    this.weigh();
    this.probability = this.movedSince();
    return this.probability > SURE ? this.move() : undefined;
  }

  /** Takes in how far apart observations usually are. */
  private measure(value: Millis): void {
    const { recent, options } = this;
    if (recent.length === options.count) {
      const difference = Math.abs(value - recent.shift()!) / MEDIAN_DIFFERENCE;
      this.differences.add(Math.max(LEAST_SPREAD, difference));
    }
    recent.push(value);
  }

  private get usual(): Millis {
    return this.differences.count > 0 ? this.differences.quantile(0.5) : LEAST_SPREAD;
  }

  /** Brings the sum of the probabilities to 1, and gives up those that do not matter. */
  private weigh(): void {
    const { current, candidates } = this;
    let total = 0;
    for (const { state } of candidates) total += state.probability;
    const kept: CandidateLevel[] = [];
    let [least, place] = [Infinity, -1];
    for (const each of candidates) {
      const { state } = each;
      state.probability /= total;
      const isNeeded = each === current || state.observations === 1;
      if (!isNeeded && state.probability <= NEGLIGIBLE) continue;
      if (!isNeeded && state.probability < least) [least, place] = [state.probability, kept.length];
      kept.push(each);
    }
    // One is added at a time, so that one at most is too many.
    if (kept.length > MAX_CANDIDATES) kept.splice(place, 1);
    this.candidates = kept;
  }

  /** Whether a candidate began after the current level, and lasted. */
  private isSuccessor(each: CandidateLevel): boolean {
    const { current, options } = this;
    const { observations, since } = each.state;
    return each !== current && observations >= options.count && since > current!.state.since;
  }

  private movedSince(): number {
    let sum = 0;
    for (const each of this.candidates) if (this.isSuccessor(each)) sum += each.state.probability;
    return sum;
  }

  /** The most probable successor becomes the current level. */
  private move(): LevelChange | undefined {
    const { probability, settled } = this;
    const fromMs = this.levelMs;
    const successors = this.candidates.filter(each => this.isSuccessor(each));
    const next = successors.reduce((a, b) => (b.state.probability > a.state.probability ? b : a));
    this.candidates = this.candidates.filter(({ state }) => state.since >= next.state.since);
    this.current = next;
    this.probability = this.movedSince();
    const { mean: toMs, since } = next.state;
    const { leastMs, leastShare, leastSpreads } = this.options;
    const least = Math.max(leastMs, leastShare * fromMs, leastSpreads * this.usual);
    if (!settled || Math.abs(toMs - fromMs) < least) return undefined;
    return { at: this.moment.locate(since, fromMs, toMs), fromMs, toMs, probability };
  }
}
