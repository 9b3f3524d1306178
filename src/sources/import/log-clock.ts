import { type Millis, toMicros } from '../../core/sample.js';

/** A clock that is set back further than this begins a new time line; less is smoothed out. */
const MAX_STEP_BACK: Millis = 1000;

/**
 * The time line of a log, which never goes back: the order of the lines is the truth. While a clock that was set back has
 * not caught up, its stamps are moved forward, so that they keep their distances.
 */
export class LogClock {
  /** The latest time so far. */
  now: Millis = -Infinity;
  private shift: Millis = 0;

  /** Why a stamp is not of this time line; undefined if it is. */
  breakAt(stampMs: Millis): string | undefined {
    const back = this.now - (stampMs + this.shift);
    return back > MAX_STEP_BACK
      ? `the clock goes back by ${(back / 1000).toFixed(1)} s; the times from here on are moved forward`
      : undefined;
  }

  /** The moment of a stamp. */
  at(stampMs: Millis): Millis {
    return Math.max(this.now, toMicros(stampMs + this.shift));
  }

  /** The moment of the next line's stamp, which is the present from now on. */
  advance(stampMs: Millis): Millis {
    this.now = this.at(stampMs);
    return this.now;
  }

  /** Begins a new time line at a stamp, no earlier than now. Returns its moment. */
  restart(stampMs: Millis): Millis {
    this.shift = Math.max(0, this.now - stampMs);
    return this.at(stampMs);
  }
}
