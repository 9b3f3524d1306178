import type { Millis } from '../sample.js';

/** Speeds between which a replay can be followed. */
export const SLOWEST = 0.1;
export const FASTEST = 1000;

/**
 * A clock for replays: runs at any speed, stands still, and is set at will. Pure: every call is given the real time,
 * in ms on any monotonic clock. At speed Infinity the moment is not bound at all.
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

  /** From the present moment on, `speed` ms pass in one real ms. */
  setSpeed(speed: number, real: Millis): void {
    this.set(this.now(real), real);
    this.factor = speed;
  }

  /** Jumps to a moment and goes on from there as before. */
  set(moment: Millis, real: Millis): void {
    this.moment = moment;
    this.since = real;
  }
}
