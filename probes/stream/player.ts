import type { Millis, Playback, PlaybackState } from '../../src/core/sample.js';

/** The parameters of a player. */
export interface PlayerSettings {
  /** Bit rate of the media in kbit/s, which is bits a millisecond. */
  rate: number;
  /** Media to fetch ahead. */
  bufferMs: Millis;
  /** Media at which it starts to play. */
  startMs: Millis;
  /** Media at which it resumes after a stall. */
  rebufferMs: Millis;
}

/**
 * The buffer of a video player. Bytes that arrive add `8 · bytes / rate` ms of media, and playing uses up 1 ms of media
 * per ms. When the buffer is empty, the player stalls until it has `rebufferMs`; waiting to start is not a stall.
 * Pure: times are inputs and never decrease; the state between two of them is exact.
 */
export class Player {
  private state: PlaybackState = 'starting';
  private levelMs: Millis = 0;
  private lowestMs: Millis = Infinity;
  private stalls = 0;
  private stalledMs: Millis = 0;

  constructor(
    private readonly settings: PlayerSettings,
    private at: Millis,
  ) {}

  receive(at: Millis, bytes: number): void {
    this.advance(at);
    this.levelMs += (8 * bytes) / this.settings.rate;
    const { startMs, rebufferMs } = this.settings;
    if (this.levelMs >= (this.state === 'starting' ? startMs : rebufferMs)) this.state = 'playing';
  }

  /** How long until there is room for more media; 0 while there is. */
  fullFor(at: Millis): Millis {
    this.advance(at);
    return Math.max(0, this.levelMs - this.settings.bufferMs);
  }

  /** The state to report at this moment; resets `lowestMs`. */
  report(at: Millis): Playback {
    this.advance(at);
    const { state, levelMs, stalls, stalledMs } = this;
    const lowestMs = Math.min(this.lowestMs, levelMs);
    this.lowestMs = levelMs;
    return {
      state,
      bufferMs: Math.round(levelMs),
      lowestMs: Math.round(lowestMs),
      stalls,
      stalledMs: Math.round(stalledMs),
    };
  }

  private advance(at: Millis): void {
    const passed = at - this.at;
    this.at = at;
    const played = this.state === 'playing' ? Math.min(passed, this.levelMs) : 0;
    this.levelMs -= played;
    this.lowestMs = Math.min(this.lowestMs, this.levelMs);
    if (this.state === 'playing' && played < passed) {
      this.state = 'stalled';
      this.stalls++;
    }
    if (this.state === 'stalled') this.stalledMs += passed - played;
  }
}
