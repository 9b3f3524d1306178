import { CLOCK_VIAS, type Millis, type Sample } from '../../core/sample.js';

/**
 * The last readings of a guest's clock in order of arrival; memory is fixed. Clocks have different zero points: where
 * several are read, only the first in `CLOCK_VIAS` is kept.
 */
export class ClockTrace {
  /** Allocated at the first reading: many targets have no clock witness. */
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
    if (this.at.length === 0) {
      this.at = new Float64Array(this.capacity);
      this.offset = new Float64Array(this.capacity);
    }
    const slot = this.count++ % this.capacity;
    this.at[slot] = at + outcome.rttMs / 2;
    this.offset[slot] = outcome.offsetMs;
  }

  /** Visits the readings since `from`, newest first. */
  since(from: Millis, visit: (at: Millis, offsetMs: Millis) => void): void {
    const oldest = Math.max(0, this.count - this.capacity);
    for (let index = this.count - 1; index >= oldest; index--) {
      const slot = index % this.capacity;
      if (this.at[slot]! < from) return;
      visit(this.at[slot]!, this.offset[slot]!);
    }
  }

  copy(): ClockTrace {
    const copy: ClockTrace = Object.assign(Object.create(ClockTrace.prototype), this);
    copy.at = this.at.slice();
    copy.offset = this.offset.slice();
    return copy;
  }
}
