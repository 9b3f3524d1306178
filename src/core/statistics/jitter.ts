import type { Millis, Sample } from '../sample.js';

/**
 * Mean absolute difference between the RTTs of successive probes, both answered in time: the two-way delay variation
 * of RFC 3393, over neighbours. Unlike the estimator of RFC 3550, which forgets, it covers all replies.
 */
export class Jitter {
  private seq = NaN;
  private rttMs: Millis = NaN;
  private sum = 0;
  private count = 0;

  take({ seq, outcome }: Sample): void {
    if (outcome.kind !== 'reply' || outcome.late) return;
    if (seq !== this.seq + 1) this.interrupt();
    this.seq = seq;
    this.add(outcome.rttMs);
  }

  /** Takes the RTT of the next probe. */
  add(rttMs: Millis): void {
    if (!Number.isNaN(this.rttMs)) {
      this.sum += Math.abs(rttMs - this.rttMs);
      this.count++;
    }
    this.rttMs = rttMs;
  }

  /** The next reply has no neighbour. */
  interrupt(): void {
    this.rttMs = NaN;
  }

  /** Undefined until two neighbours were answered. */
  get value(): Millis | undefined {
    return this.count > 0 ? this.sum / this.count : undefined;
  }

  copy(): Jitter {
    return Object.assign(new Jitter(), this);
  }
}
