import type { Millis, Sample } from '../../core/sample.js';

/** After this long without the probe that is being followed, another probe's samples take over. */
const TAKEOVER: Millis = 5000;

/** A target may be probed in several ways; a picture follows one of them while it lasts. */
export class Follower {
  private probe = '';
  private heard: Millis = -Infinity;

  /** What a sample is to the picture: the first of another probe than before means a new picture. */
  follow({ probe, knownAt }: Sample): 'same' | 'another' | 'unwanted' {
    const same = probe === this.probe;
    if (!same && knownAt < this.heard + TAKEOVER) return 'unwanted';
    this.probe = probe;
    this.heard = knownAt;
    return same ? 'same' : 'another';
  }

  copy(): Follower {
    return Object.assign(new Follower(), this);
  }
}
