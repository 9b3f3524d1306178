import type { Millis } from '../sample.js';
import {
  anyNumber,
  duration,
  expectState,
  FURTHEST,
  type Json,
  moment,
  numbers,
  object,
  part,
  type Stateful,
} from '../validation/saved-state.js';

/** One reading of a guest's clock. */
export interface ClockReading {
  /** The middle of the round trip, on our time line. */
  at: Millis;
  /** The guest's clock minus ours, then. */
  offsetMs: Millis;
  rttMs: Millis;
}

/** How a reading is saved in the state of a clock. */
export const READING = object<ClockReading>({ at: moment, offsetMs: anyNumber, rttMs: duration });

/** The number of values in a row, and the index of each. */
export const FIELDS = 3;
export const AT = 0;
export const OFFSET = 1;
export const RTT = 2;

const NOWHERE = new Float64Array(0);
/** The first allocation, in rows. */
const MIN_ROOM = 16;

/** The last readings of one clock, oldest first, as rows of numbers: objects would take five times the memory. */
export class ClockReadings implements Stateful {
  length = 0;
  /** The rows, up to `end`, for loops without a call for each reading. */
  rows: Float64Array = NOWHERE;
  /** In rows: a third more than is kept, so that they are moved rarely. */
  private readonly capacity: number;

  /** Keeps at least the last `kept`. */
  constructor(private readonly kept: number) {
    this.capacity = Math.ceil((kept * 4) / 3);
  }

  get end(): number {
    return this.length * FIELDS;
  }

  add({ at, offsetMs, rttMs }: ClockReading): void {
    const { kept, capacity } = this;
    if (this.length === capacity) {
      this.rows.copyWithin(0, this.rows.length - (kept - 1) * FIELDS);
      this.length = kept - 1;
    } else if (this.end === this.rows.length) this.grow();
    const row = this.end;
    const { rows } = this;
    this.length++;
    rows[row + AT] = at;
    rows[row + OFFSET] = offsetMs;
    rows[row + RTT] = rttMs;
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

  /** A copy of the readings at wanted times: the first or the last `most` of them. */
  copy(wanted: (at: Millis) => boolean, most: number, which: 'first' | 'last'): ClockReadings {
    const { rows, end } = this;
    const found: number[] = [];
    for (let row = 0; row < end; row += FIELDS) if (wanted(rows[row + AT]!)) found.push(row);
    const copy = new ClockReadings(most);
    for (const row of which === 'first' ? found.slice(0, most) : found.slice(-most))
      copy.add({ at: rows[row + AT]!, offsetMs: rows[row + OFFSET]!, rttMs: rows[row + RTT]! });
    return copy;
  }

  save(): Json {
    return this.state.save({ rows: this.rows.slice(0, this.end) });
  }

  load(saved: Json): void {
    const { rows } = this.state.load(saved);
    expectState(rows.length % FIELDS === 0, 'rows of readings');
    this.rows = rows;
    this.length = rows.length / FIELDS;
  }

  private get state() {
    const most = this.capacity * FIELDS;
    return part<{ rows: Float64Array }>(1, { rows: numbers(most, -FURTHEST, FURTHEST) });
  }

  private grow(): void {
    const { rows } = this;
    const room = Math.min(this.capacity, Math.max(MIN_ROOM, 2 * this.length));
    this.rows = new Float64Array(room * FIELDS);
    this.rows.set(rows);
  }
}
