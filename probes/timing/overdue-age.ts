import type { Millis } from '../../src/core/sample.js';
import { RunningQuantile } from '../../src/core/statistics/running-quantile.js';

const FLOOR: Millis = 50;
const HEADROOM = 3;

/** The provisional age at which an unanswered probe is called overdue: max(3 × p99 of the RTT, 50 ms). */
export class OverdueAge {
  private readonly p99 = new RunningQuantile(0.99);

  reply(rttMs: Millis): void {
    this.p99.add(rttMs);
  }

  /** At most the timeout; the timeout itself until the first reply. */
  age(timeoutMs: Millis): Millis {
    const { value } = this.p99;
    return value === undefined ? timeoutMs : Math.min(timeoutMs, Math.max(FLOOR, HEADROOM * value));
  }
}
