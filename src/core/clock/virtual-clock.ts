import type { Millis } from '../sample.js';

/** The range of replay speeds. */
export const SLOWEST = 0.1;
export const FASTEST = 1000;

/**
 * A clock for replays: it runs at any speed, can be paused, and can be set. Pure: every call gets the real time, in ms on
 * any monotonic clock. At speed Infinity, the time has no limit.
 */
export class VirtualClock {
  private running = false;

  constructor(
    private moment: Millis,
    private factor = 1,
    private since: Millis = 0,
  ) {}

  get paused(): boolean {
    return !this.running;
  }

  get speed(): number {
    return this.factor;
  }

  now(real: Millis): Millis {
    if (!this.running || real <= this.since) return this.moment;
    return this.moment + (real - this.since) * this.factor;
  }

  pause(real: Millis): void {
    this.set(this.now(real), real);
    this.running = false;
  }

  resume(real: Millis): void {
    this.set(this.now(real), real);
    this.running = true;
  }

  /** From now on, `speed` ms pass in one real ms. */
  setSpeed(speed: number, real: Millis): void {
    this.set(this.now(real), real);
    this.factor = speed;
  }

  /** Jumps to a moment and continues from there as before. */
  set(moment: Millis, real: Millis): void {
    this.moment = moment;
    this.since = real;
  }
}
