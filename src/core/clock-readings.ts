import type { Millis } from './sample.js';

/** One reading of a guest's clock. */
export interface ClockReading {
  /** The middle of the round trip, on our time line. */
  at: Millis;
  /** The guest's clock minus ours, then. */
  offsetMs: Millis;
  rttMs: Millis;
}

/** Of a row: its numbers, and the place of each. */
export const FIELDS = 3;
export const AT = 0;
export const OFFSET = 1;
export const RTT = 2;

const NOWHERE = new Float64Array(0);

/** The last readings of one clock, oldest first, as rows of numbers: as objects they would take five times as much. */
export class ClockReadings {
  length = 0;
  /** There from the first reading on: many targets tell no time. A third more than is kept, to move them rarely. */
  private room: Float64Array | undefined;

  /** Keeps at least the last `kept`. */
  constructor(private readonly kept: number) {}

  /** The readings one after the other, up to `end`, for whoever goes through all of them without a call for each. */
  get rows(): Float64Array {
    return this.room ?? NOWHERE;
  }

  get end(): number {
    return this.length * FIELDS;
  }

  add({ at, offsetMs, rttMs }: ClockReading): void {
    const { kept } = this;
    this.room ??= new Float64Array(Math.ceil((kept * 4) / 3) * FIELDS);
    const { room } = this;
    if (this.end === room.length) {
      room.copyWithin(0, room.length - (kept - 1) * FIELDS);
      this.length = kept - 1;
    }
    const row = this.end;
    this.length++;
    room[row + AT] = at;
    room[row + OFFSET] = offsetMs;
    room[row + RTT] = rttMs;
  }

  /** The middle of the last round trip; NaN without readings. */
  get lastAt(): Millis {
    return this.rows[this.end - FIELDS + AT] ?? NaN;
  }

  /** The smallest; Infinity without readings. */
  get leastRttMs(): Millis {
    let least = Infinity;
    const { rows, end } = this;
    for (let row = 0; row < end; row += FIELDS) least = Math.min(least, rows[row + RTT]!);
    return least;
  }

  /** A copy of those that were taken when wanted: of more than `most` the first, or the last. */
  copy(wanted: (at: Millis) => boolean, most: number, which: 'first' | 'last'): ClockReadings {
    const { rows, end } = this;
    const found: number[] = [];
    for (let row = 0; row < end; row += FIELDS) if (wanted(rows[row + AT]!)) found.push(row);
    const copy = new ClockReadings(most);
    for (const row of which === 'first' ? found.slice(0, most) : found.slice(-most))
      copy.add({ at: rows[row + AT]!, offsetMs: rows[row + OFFSET]!, rttMs: rows[row + RTT]! });
    return copy;
  }
}
