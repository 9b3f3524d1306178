import type { Millis } from './sample.js';

/** One reading of a guest's clock. */
export interface ClockReading {
  /** The middle of the round trip, on our time line. */
  at: Millis;
  /** The guest's clock minus ours, then. */
  offsetMs: Millis;
  rttMs: Millis;
}

const FIELDS = 3;

/** The last readings of one clock, oldest first, as one row of numbers: as objects they would take five times as much. */
export class ClockReadings {
  length = 0;
  /** There from the first reading on: many targets tell no time. A third more than is kept, to move them rarely. */
  private rows: Float64Array | undefined;

  /** Keeps at least the last `kept`. */
  constructor(private readonly kept: number) {}

  add({ at, offsetMs, rttMs }: ClockReading): void {
    const { kept } = this;
    this.rows ??= new Float64Array(Math.ceil((kept * 4) / 3) * FIELDS);
    const { rows } = this;
    if (this.length * FIELDS === rows.length) {
      rows.copyWithin(0, rows.length - (kept - 1) * FIELDS);
      this.length = kept - 1;
    }
    const row = this.length++ * FIELDS;
    rows[row] = at;
    rows[row + 1] = offsetMs;
    rows[row + 2] = rttMs;
  }

  /** NaN where there is none, as for the two below. */
  at(index: number): Millis {
    return this.rows?.[index * FIELDS] ?? NaN;
  }

  offsetMs(index: number): Millis {
    return this.rows?.[index * FIELDS + 1] ?? NaN;
  }

  rttMs(index: number): Millis {
    return this.rows?.[index * FIELDS + 2] ?? NaN;
  }

  /** The smallest; Infinity without readings. */
  get leastRttMs(): Millis {
    let least = Infinity;
    for (let index = 0; index < this.length; index++) least = Math.min(least, this.rttMs(index));
    return least;
  }

  /** When the first reading was taken of those that are wanted. */
  firstAt(wanted: (at: Millis) => boolean): Millis | undefined {
    for (let index = 0; index < this.length; index++) if (wanted(this.at(index))) return this.at(index);
    return undefined;
  }

  /** When the last reading was taken of those that are wanted. */
  lastAt(wanted: (at: Millis) => boolean): Millis | undefined {
    for (let index = this.length - 1; index >= 0; index--) if (wanted(this.at(index))) return this.at(index);
    return undefined;
  }

  /** A copy of those that are wanted: of more than `most` the first, or the last. */
  copy(wanted: (at: Millis) => boolean, most: number, which: 'first' | 'last'): ClockReadings {
    const indexes: number[] = [];
    for (let index = 0; index < this.length; index++) if (wanted(this.at(index))) indexes.push(index);
    const copy = new ClockReadings(most);
    for (const index of which === 'first' ? indexes.slice(0, most) : indexes.slice(-most))
      copy.add({ at: this.at(index), offsetMs: this.offsetMs(index), rttMs: this.rttMs(index) });
    return copy;
  }
}
