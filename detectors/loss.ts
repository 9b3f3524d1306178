import type { Detector, DetectorPlugin } from '../src/core/detector.js';
import type { Sample } from '../src/core/sample.js';
import { BernoulliCusum } from '../src/core/statistics/bernoulli-cusum.js';
import { LossRate } from '../src/core/statistics/loss-rate.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import {
  anyNumber,
  count,
  inner,
  integer,
  type Json,
  list,
  object,
  part,
  type Stateful,
  truth,
} from '../src/core/validation/saved-state.js';
import { VERDICT, type Verdict } from '../src/core/verdict.js';
import { calm, LEARNING } from './verdicts.js';

/*
 * More losses, and closer together, than the path is used to.
 *
 * S = max(0, S + ln(p1/p0)) for a loss, S = max(0, S − ln((1 − p0)/(1 − p1))) for a reply. score = S, threshold = `h`;
 * natural log of a likelihood ratio, no unit. p0 is the path's usual loss, learned (see core/statistics/loss-rate.ts):
 * two in a row alarm where nothing was lost for some 12,000 probes, three where p0 is below 0.17 %, else more.
 *
 * An overdue reply counts as a loss at once. The loss that follows is not counted again, and a reply that comes
 * after all takes it back, so that a pause, which loses nothing, ends the alarm. Three answers in a row end it too.
 *
 * Not for: paths that lose in bursts (rate limiting, radio): p0 counts a burst as one loss, but then each burst alarms.
 * Reference: Reynolds and Stoumbos, A CUSUM chart for monitoring a proportion, J. Quality Technology 1999.
 */
const options = {
  p1: { default: 0.5, unit: 'share', help: 'loss while the target is away', min: 0.2, max: 0.99 },
  h: { default: 17, unit: 'nats', help: 'log-likelihood ratio that raises an alarm', min: 0.1, max: 1000 },
  memory: {
    default: 20_000,
    unit: 'probes',
    help: 'how far back the usual loss is measured',
    min: 100,
    max: 10_000_000,
  },
} as const satisfies OptionSpecs;

/** No path is taken to be usually worse than this, so that silence alarms everywhere. */
const WORST_USUAL_LOSS = 0.1;
/** So many answers in a row end an alarm: the target is back. */
const BACK = 3;
/** Of overdue probes that are saved: an interval of 2 ms and a timeout of a minute make fewer. */
const MAX_OVERDUE = 50_000;

interface Span {
  from: number;
  to: number;
}

const STATE = part<{
  sums: Json;
  usual: Json;
  overdue: number[];
  answered: boolean;
  answersInARow: number;
  lossesInSum: number;
  lastLost: number;
  firstInSum: number;
  alarmed: Span;
  latest: Verdict;
}>(1, {
  sums: inner,
  usual: inner,
  overdue: list(integer(0), MAX_OVERDUE),
  answered: truth,
  answersInARow: count,
  lossesInSum: count,
  lastLost: anyNumber,
  firstInSum: count,
  alarmed: object<Span>({ from: anyNumber, to: anyNumber }),
  latest: VERDICT,
});

class Loss implements Detector, Stateful {
  private readonly sums: BernoulliCusum;
  private readonly usual: LossRate;
  /** Overdue probes that were counted and are not settled yet. */
  private overdue = new Set<number>();
  private answered = false;
  private answersInARow = 0;
  private lossesInSum = 0;
  private lastLost = -Infinity;
  private firstInSum = 0;
  private alarmed: Span = { from: Infinity, to: -Infinity };
  private latest: Verdict = LEARNING;

  constructor(private readonly set: Options<typeof options>) {
    this.sums = new BernoulliCusum(set.p1);
    this.usual = new LossRate(set.memory);
  }

  observe({ outcome, seq }: Sample): Verdict {
    const p0 = Math.min(WORST_USUAL_LOSS, this.usual.value);
    switch (outcome.kind) {
      case 'overdue':
        if (this.overdue.has(seq)) break;
        this.overdue.add(seq);
        this.missed(seq, p0);
        break;
      case 'lost':
        if (!this.overdue.delete(seq)) this.missed(seq, p0);
        if (seq !== this.lastLost + 1 && !this.alarmedOn(seq)) this.usual.add(true);
        this.lastLost = seq;
        break;
      case 'reply':
        this.replied(seq, outcome.late === true, p0);
    }
    this.latest = this.verdict(p0);
    return this.latest;
  }

  save(): Json {
    const { answered, answersInARow, lossesInSum, lastLost, firstInSum, alarmed, latest } = this;
    return STATE.save({
      ...{ sums: this.sums.save(), usual: this.usual.save() },
      overdue: [...this.overdue].slice(-MAX_OVERDUE),
      ...{ answered, answersInARow, lossesInSum, lastLost, firstInSum, alarmed, latest },
    });
  }

  load(saved: Json): void {
    const state = STATE.load(saved);
    this.sums.load(state.sums);
    this.usual.load(state.usual);
    this.overdue = new Set(state.overdue);
    this.answered = state.answered;
    this.answersInARow = state.answersInARow;
    this.lossesInSum = state.lossesInSum;
    this.lastLost = state.lastLost;
    this.firstInSum = state.firstInSum;
    this.alarmed = state.alarmed;
    this.latest = state.latest;
  }

  private missed(seq: number, p0: number): void {
    this.sums.loss(p0);
    if (this.lossesInSum++ === 0) this.firstInSum = seq;
    this.answersInARow = 0;
    if (this.sums.sum > this.set.h) this.alarmed = { from: this.firstInSum, to: seq };
  }

  /** What alarmed is no part of what is usual, though it is known to be lost only when the alarm is over. */
  private alarmedOn(seq: number): boolean {
    return seq >= this.alarmed.from && seq <= this.alarmed.to;
  }

  private replied(seq: number, late: boolean, p0: number): void {
    if (!this.answered) this.sums.reset();
    this.answered = true;
    if (!late) this.usual.add(false);
    if (late || (this.overdue.size > 0 && this.overdue.delete(seq))) {
      this.sums.takeBack(p0);
      this.lossesInSum = Math.max(0, this.lossesInSum - 1);
    } else this.answersInARow++;
    this.sums.reply(p0);
    if (this.answersInARow >= BACK && this.sums.sum > this.set.h) this.sums.reset();
    if (this.sums.sum === 0) this.lossesInSum = 0;
  }

  private verdict(p0: number): Verdict {
    const { sum } = this.sums;
    const threshold = this.set.h;
    if (!this.answered) return LEARNING;
    if (sum <= threshold) return calm(this.latest, sum, threshold);
    const usually = `${Number((p0 * 100).toPrecision(2))} %`;
    return {
      state: 'alarm',
      score: sum,
      threshold,
      why: `${this.lossesInSum} probes without an answer, usually ${usually}`,
    };
  }
}

export const loss: DetectorPlugin = {
  name: 'loss',
  summary: 'more losses and overdue replies than usual on this path (Bernoulli CUSUM)',
  reads: ['reply', 'overdue', 'lost'],
  options,
  create: given => new Loss(given as Options<typeof options>),
};
