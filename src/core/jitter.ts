import type { Millis, Sample } from '../../core/sample.js';

/**
 * Mean absolute difference between the RTTs of successive probes, both answered in time: the two-way delay variation
 * of RFC 3393, over neighbours. Unlike the estimator of RFC 3550, which forgets, it is of the whole session.
 */
export class Jitter {
  private seq = NaN;
  private rttMs: Millis = NaN;
  private sum = 0;
  private count = 0;

  take({ seq, outcome }: Sample): void {
    if (outcome.kind !== 'reply' || outcome.late) return;
    if (seq === this.seq + 1) {
      this.sum += Math.abs(outcome.rttMs - this.rttMs);
      this.count++;
    }
    this.seq = seq;
    this.rttMs = outcome.rttMs;
  }

  /** Undefined while no two neighbours were answered. */
  get value(): Millis | undefined {
    return this.count > 0 ? this.sum / this.count : undefined;
  }
}
