import { CLOCK_VIAS, type Millis, type Sample } from '../../core/sample.js';

/** Readings allocated at first. Many targets have no clock witness. */
const MIN_ROOM = 64;

/**
 * The last readings of a guest's clock in order of arrival. Memory grows up to `capacity` readings. Clocks have different
 * zero points: if several are read, only the first in `CLOCK_VIAS` is kept.
 */
export class ClockTrace {
  private at = new Float64Array(0);
  private offset = new Float64Array(0);
  private count = 0;
  /** The place of the present clock in `CLOCK_VIAS`. */
  private rank = Infinity;

  constructor(readonly capacity: number) {}

  /** Stores clock samples and ignores others. */
  put({ at, outcome }: Sample): void {
    if (outcome.kind !== 'clock') return;
    const rank = CLOCK_VIAS.indexOf(outcome.via);
    if (rank > this.rank) return;
    if (rank < this.rank) this.count = 0;
    this.rank = rank;
    if (this.count === this.at.length && this.count < this.capacity) this.grow();
    const slot = this.count++ % this.at.length;
    this.at[slot] = at + outcome.rttMs / 2;
    this.offset[slot] = outcome.offsetMs;
  }

  get hasReadings(): boolean {
    return this.count > 0;
  }

  /** Visits the readings since `from`, newest first. */
  since(from: Millis, visit: (at: Millis, offsetMs: Millis) => void): void {
    const oldest = Math.max(0, this.count - this.at.length);
    for (let index = this.count - 1; index >= oldest; index--) {
      const slot = index % this.at.length;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, this.offset[slot]!);
    }
  }

  private grow(): void {
    const room = Math.min(this.capacity, Math.max(MIN_ROOM, 2 * this.at.length));
    this.at = extended(this.at, room);
    this.offset = extended(this.offset, room);
  }

  copy(): ClockTrace {
    const copy: ClockTrace = Object.assign(Object.create(ClockTrace.prototype), this);
    copy.at = this.at.slice();
    copy.offset = this.offset.slice();
    return copy;
  }
}

function extended(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(values);
  return longer;
}
