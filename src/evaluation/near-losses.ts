import type { Millis, Sample } from '../core/sample.js';

/**
 * Keeps the echoes around losses and drops the others, so that a rule about consecutive losses needs little memory for a
 * session of any length. `reachMs`: the longest time from sending a probe to its outcome.
 */
export class NearLosses {
  readonly samples: Sample[] = [];
  private recent: Sample[] = [];
  private keepUntil: Millis = -Infinity;

  constructor(private readonly reachMs: Millis) {}

  take(sample: Sample): void {
    const { kind } = sample.outcome;
    if (kind !== 'lost' && kind !== 'reply') return;
    if (kind === 'lost') {
      this.samples.push(...this.recent);
      this.recent = [];
      this.keepUntil = sample.knownAt + this.reachMs;
    }
    if (sample.knownAt <= this.keepUntil) this.samples.push(sample);
    else this.keepRecent(sample);
  }

  /** Drops half of the list when it is old, so that each sample is copied only once. */
  private keepRecent(sample: Sample): void {
    this.recent.push(sample);
    const { recent, reachMs } = this;
    const middle = recent[recent.length >> 1]!;
    if (recent.length > 64 && middle.knownAt < sample.knownAt - reachMs)
      this.recent = recent.slice(recent.length >> 1);
  }
}
