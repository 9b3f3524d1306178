import { type Json, numbers, part, type Stateful } from '../validation/saved-state.js';

/** The first allocation: many targets answer rarely, or never. V8 keeps an array of 64 bytes without a separate buffer. */
const MIN_ROOM = 16;
/** Limit of saved values, so that differences stay finite, in single precision too. */
const LARGEST = 1e38;

/**
 * The last `size` values, sorted, so that any quantile is a look-up. In single precision: seven digits are more than a round
 * trip has, and thousands of targets have three windows of a thousand values each.
 */
export class SortedWindow implements Stateful {
  private sorted: Float32Array;
  private arrived: Float32Array;
  private next = 0;
  count = 0;

  constructor(readonly size: number) {
    const room = Math.min(size, MIN_ROOM);
    this.sorted = new Float32Array(room);
    this.arrived = new Float32Array(room);
  }

  get full(): boolean {
    return this.count === this.size;
  }

  /** Adds a value, in place of the oldest if the window is full, by one shift of the values in between. */
  add(exact: number): void {
    const value = Math.fround(exact);
    const { size } = this;
    if (this.count < size) {
      if (this.count === this.sorted.length) this.grow();
      const { sorted } = this;
      const place = lowerBound(sorted, this.count, value);
      sorted.copyWithin(place + 1, place, this.count);
      sorted[place] = value;
      this.count++;
    } else {
      const { sorted } = this;
      const hole = lowerBound(sorted, size, this.arrived[this.next]!);
      const place = lowerBound(sorted, size, value);
      if (place > hole) {
        sorted.copyWithin(hole, hole + 1, place);
        sorted[place - 1] = value;
      } else {
        sorted.copyWithin(place + 1, place, hole);
        sorted[place] = value;
      }
    }
    this.arrived[this.next] = value;
    this.next = this.next + 1 === size ? 0 : this.next + 1;
  }

  /** The smallest value that at least the share `p` of the window does not exceed; NaN if it is empty. */
  quantile(p: number): number {
    if (this.count === 0) return NaN;
    return this.sorted[Math.max(0, Math.ceil(p * this.count) - 1)]!;
  }

  clear(): void {
    this.count = 0;
    this.next = 0;
  }

  /** Saves the values, oldest first; `load` sorts them again. */
  save(): Json {
    const { arrived, next, count } = this;
    const values = new Float64Array(count);
    const older = this.full ? arrived.subarray(next, count) : arrived.subarray(0, 0);
    values.set(older);
    values.set(arrived.subarray(0, count - older.length), older.length);
    return this.state.save({ values });
  }

  load(saved: Json): void {
    const { values } = this.state.load(saved);
    this.clear();
    while (this.sorted.length < values.length) this.grow();
    this.arrived.set(values);
    this.sorted.set(values);
    this.count = values.length;
    this.next = this.full ? 0 : values.length;
    this.sorted.subarray(0, this.count).sort();
  }

  private get state() {
    return part<{ values: Float64Array }>(1, { values: numbers(this.size, -LARGEST, LARGEST) });
  }

  private grow(): void {
    const room = Math.min(this.size, 2 * this.sorted.length);
    const [sorted, arrived] = [this.sorted, this.arrived];
    this.sorted = new Float32Array(room);
    this.sorted.set(sorted);
    this.arrived = new Float32Array(room);
    this.arrived.set(arrived);
  }
}

/**
 * The first index in `[0, length)` whose value is not below `value`, otherwise `length`. By arithmetic instead of branches,
 * which a processor cannot predict: a third faster, and detectors spend most of their time here.
 */
function lowerBound(sorted: Float32Array, length: number, value: number): number {
  if (length === 0) return 0;
  let place = 0;
  for (let left = length; left > 1; ) {
    const half = left >>> 1;
    place += Number(sorted[place + half - 1]! < value) * half;
    left -= half;
  }
  return place + Number(sorted[place]! < value);
}
