import type { Millis } from './sample.js';

const FLOOR: Millis = 50;
const HEADROOM = 3;

/**
 * The provisional age at which an unanswered probe is called overdue: max(3 × p99 of the RTT, 50 ms).
 *
 * p99 is tracked by stochastic approximation (Robbins and Monro 1951): each reply moves the estimate up by
 * 99 steps when it lies above and down by one when below, with a step of a hundredth of the estimate.
 */
export class OverdueAge {
  private p99: Millis | undefined;

  reply(rttMs: Millis): void {
    if (this.p99 === undefined) {
      this.p99 = rttMs * 2;
      return;
    }
    const step = this.p99 * 0.001;
    this.p99 = rttMs > this.p99 ? Math.min(this.p99 + 99 * step, rttMs) : this.p99 - step;
  }

  /** At most the timeout; the timeout itself until the first reply. */
  age(timeoutMs: Millis): Millis {
    if (this.p99 === undefined) return timeoutMs;
    return Math.min(timeoutMs, Math.max(FLOOR, HEADROOM * this.p99));
  }
}
