import type { Millis } from '../sample.js';

/** Another clock minus ours: the middle of its bounds, and half their distance. */
export interface ClockOffset {
  offsetMs: Millis;
  errorMs: Millis;
}

/** A clock drifts by at most this share: older bounds are that much wider. NTP keeps computers well within it. */
const MAX_DRIFT = 100e-6;

/**
 * The difference between another clock and ours, from bounds. Something that happened at `theirs` by the other clock happened
 * on our time line not before `from` and not after `to`, so the difference is between `theirs - to` and `theirs - from`. The
 * bounds of all observations are intersected (Marzullo 1984, as NTP does). An observation that contradicts them shows that a
 * clock was set, and replaces them.
 */
export class ClockBounds {
  private low = -Infinity;
  private high = Infinity;
  /** When the bounds were last narrowed, on our time line. */
  private at: Millis = -Infinity;

  add(theirs: Millis, from: Millis, to: Millis): void {
    const { low, high } = this.boundsAt(to);
    const [ownLow, ownHigh] = [theirs - to, theirs - from];
    const fits = ownLow <= high && ownHigh >= low;
    this.low = fits ? Math.max(low, ownLow) : ownLow;
    this.high = fits ? Math.min(high, ownHigh) : ownHigh;
    this.at = to;
  }

  /** Undefined until both bounds are finite. */
  offsetAt(now: Millis): ClockOffset | undefined {
    const { low, high } = this.boundsAt(now);
    if (!Number.isFinite(high - low)) return undefined;
    return { offsetMs: (low + high) / 2, errorMs: Math.max(0, (high - low) / 2) };
  }

  private boundsAt(now: Millis): { low: number; high: number } {
    const drift = this.at === -Infinity ? 0 : Math.abs(now - this.at) * MAX_DRIFT;
    return { low: this.low - drift, high: this.high + drift };
  }
}
