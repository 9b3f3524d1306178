import {
  type Millis,
  PLAYBACK_STATES,
  type Playback,
  type PlaybackState,
  type Sample,
} from '../../core/sample.js';

/** Visited newest first. */
export type PlaybackVisitor = (at: Millis, lowestMs: Millis, state: PlaybackState) => void;

/** The last reports of a viewer in order of arrival; memory is fixed. */
export class PlaybackTrace {
  latest: Playback | undefined;
  private at: Float64Array;
  private lowest: Float32Array;
  private state: Uint8Array;
  private count = 0;

  constructor(readonly capacity: number) {
    this.at = new Float64Array(capacity);
    this.lowest = new Float32Array(capacity);
    this.state = new Uint8Array(capacity);
  }

  /** Stores playback samples and ignores others. */
  put({ at, outcome }: Sample): void {
    if (outcome.kind !== 'playback') return;
    const slot = this.count++ % this.capacity;
    this.at[slot] = at;
    this.lowest[slot] = outcome.lowestMs;
    this.state[slot] = PLAYBACK_STATES.indexOf(outcome.state);
    this.latest = outcome;
  }

  /** Visits the reports since `from`, newest first. */
  since(from: Millis, visit: PlaybackVisitor): void {
    const oldest = Math.max(0, this.count - this.capacity);
    for (let index = this.count - 1; index >= oldest; index--) {
      const slot = index % this.capacity;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, this.lowest[slot]!, PLAYBACK_STATES[this.state[slot]!]!);
    }
  }

  copy(): PlaybackTrace {
    const copy: PlaybackTrace = Object.assign(Object.create(PlaybackTrace.prototype), this);
    copy.at = this.at.slice();
    copy.lowest = this.lowest.slice();
    copy.state = this.state.slice();
    return copy;
  }
}
