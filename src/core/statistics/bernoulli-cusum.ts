import { amount, type Json, part, type Stateful } from '../validation/saved-state.js';
import { lossWeight, replyWeight } from './cusum.js';

const STATE = part<{ sum: number }>(1, { sum: amount });

/**
 * CUSUM of the log-likelihood ratio of loss probability p1 against p0 (Reynolds and Stoumbos 1999):
 * S = max(0, S + ln(p1/p0)) for a loss, S = max(0, S − ln((1 − p0)/(1 − p1))) for a reply.
 * p0 may change from step to step. With p0 known and losses independent, false alarms are at least e^h apart.
 */
export class BernoulliCusum implements Stateful {
  sum = 0;

  constructor(private readonly p1: number) {}

  loss(p0: number): void {
    this.sum += lossWeight(p0, this.p1);
  }

  reply(p0: number): void {
    if (this.sum > 0) this.sum = Math.max(0, this.sum + replyWeight(p0, this.p1));
  }

  /** A loss that was counted turned out to be none. */
  takeBack(p0: number): void {
    this.sum = Math.max(0, this.sum - lossWeight(p0, this.p1));
  }

  reset(): void {
    this.sum = 0;
  }

  save(): Json {
    return STATE.save({ sum: this.sum });
  }

  load(saved: Json): void {
    ({ sum: this.sum } = STATE.load(saved));
  }
}
