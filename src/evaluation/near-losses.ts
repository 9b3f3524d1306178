import type { Millis, Sample } from '../core/sample.js';

/**
 * Keeps the echoes around losses and forgets the rest: all that a rule about losses in a row needs, of a session of any
 * length. `reachMs`: how long after its sending a probe's fate is known at the latest.
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
    else this.remember(sample);
  }

  /** Drops the old ones by halves, so that each is moved once. */
  private remember(sample: Sample): void {
    this.recent.push(sample);
    const { recent, reachMs } = this;
    const middle = recent[recent.length >> 1]!;
    if (recent.length > 64 && middle.knownAt < sample.knownAt - reachMs)
      this.recent = recent.slice(recent.length >> 1);
  }
}
