import type { Millis } from '../sample.js';
import {
  duration,
  expectState,
  type Json,
  momentOrNever,
  numbers,
  part,
  type Stateful,
} from '../validation/saved-state.js';

/** The median of the values of one stretch of time, and when that began. */
export interface Binned {
  at: Millis;
  value: number;
}

/** Values that a bin keeps: spread over its time, they give its median well enough. */
const ROOM = 64;
/** Of a saved value. */
const LARGEST = 1e300;
const NONE: readonly Binned[] = [];

const STATE = part<{ values: Float64Array; startedAt: Millis; previousAt: Millis; spacingMs: Millis }>(1, {
  values: numbers(ROOM, -LARGEST, LARGEST),
  startedAt: momentOrNever,
  previousAt: momentOrNever,
  spacingMs: duration,
});

/**
 * Medians over stretches of `binMs`. Values that are at least so far apart are each a bin of their own, which closes at
 * once; a bin of many closes where the next value would lie outside. Memory: 64 values, whatever the rate.
 *
 * Neighbouring round trips of a fast probe share their queues and say little more than one. A median of all of them is
 * one observation, and single long ones do not move it.
 */
export class MedianBins implements Stateful {
  private readonly values: Float64Array;
  private count = 0;
  private startedAt: Millis = -Infinity;
  private previousAt: Millis = -Infinity;
  private spacingMs: Millis = 0;

  constructor(private readonly binMs: Millis) {
    // Without a length, each value is a bin of its own.
    this.values = new Float64Array(binMs > 0 ? ROOM : 1);
  }

  /** Takes a value and returns the bins that it closes: none, one or two. */
  add(at: Millis, value: number): readonly Binned[] {
    const spacingMs = this.previousAt === -Infinity ? 0 : Math.max(0, at - this.previousAt);
    // The smaller of two: the distance over a gap is not the usual one.
    const usualMs = Math.min(spacingMs, this.spacingMs);
    this.spacingMs = spacingMs;
    this.previousAt = at;
    const before = this.count > 0 && at >= this.startedAt + this.binMs ? this.close() : undefined;
    if (this.count === 0) this.startedAt = at;
    const due = this.startedAt + (this.count / ROOM) * this.binMs;
    if (this.count < this.values.length && (at >= due || this.count === 0)) this.values[this.count++] = value;
    const own = at + usualMs >= this.startedAt + this.binMs ? this.close() : undefined;
    if (before) return own ? [before, own] : [before];
    return own ? [own] : NONE;
  }

  save(): Json {
    const { startedAt, previousAt, spacingMs } = this;
    return STATE.save({ values: this.values.slice(0, this.count), startedAt, previousAt, spacingMs });
  }

  load(saved: Json): void {
    const { values, startedAt, previousAt, spacingMs } = STATE.load(saved);
    expectState(startedAt <= previousAt || values.length === 0, 'a bin that began before its last value');
    expectState(values.length <= this.values.length, `at most ${this.values.length} values`);
    this.values.set(values);
    this.count = values.length;
    this.startedAt = startedAt;
    this.previousAt = previousAt;
    this.spacingMs = spacingMs;
  }

  private close(): Binned {
    const value = this.count === 1 ? this.values[0]! : this.median();
    this.count = 0;
    return { at: this.startedAt, value };
  }

  private median(): number {
    const sorted = this.values.subarray(0, this.count).sort();
    const middle = this.count >> 1;
    return this.count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  }
}
