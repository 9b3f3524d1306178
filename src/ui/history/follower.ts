import type { Millis, Sample } from '../../core/sample.js';

/** After this long without samples of the followed probe, another probe is followed. */
const TAKEOVER_MS: Millis = 5000;

/** Selects one probe of a target that is probed in several ways, for as long as it sends samples. */
export class Follower {
  private probe = '';
  private lastSampleAt: Millis = -Infinity;

  /** Whether a sample belongs to the followed probe; `another` marks the first sample of a new one. */
  follow({ probe, knownAt }: Sample): 'same' | 'another' | 'unwanted' {
    const same = probe === this.probe;
    if (!same && knownAt < this.lastSampleAt + TAKEOVER_MS) return 'unwanted';
    this.probe = probe;
    this.lastSampleAt = knownAt;
    return same ? 'same' : 'another';
  }

  copy(): Follower {
    return Object.assign(new Follower(), this);
  }
}
