import type { Millis } from '../../src/core/sample.js';

/** A binary heap that holds one deadline for each of a fixed number of items and knows the earliest. */
export class Deadlines {
  private readonly times: Float64Array;
  private readonly heap: Uint32Array;
  private readonly places: Uint32Array;

  /** All items start at Infinity. */
  constructor(count: number) {
    this.times = new Float64Array(count).fill(Infinity);
    this.heap = Uint32Array.from({ length: count }, (_, item) => item);
    this.places = this.heap.slice();
  }

  /** The item that is due first; undefined when there are none. */
  get first(): number | undefined {
    return this.heap[0];
  }

  /** When that is. */
  get firstTime(): Millis {
    return this.heap.length === 0 ? Infinity : this.times[this.heap[0]!]!;
  }

  set(item: number, time: Millis): void {
    const earlier = time < this.times[item]!;
    this.times[item] = time;
    if (earlier) this.rise(this.places[item]!);
    else this.sink(this.places[item]!);
  }

  private rise(place: number): void {
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.timeAt(parent) <= this.timeAt(place)) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  private sink(place: number): void {
    for (;;) {
      const left = place * 2 + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const child = right < this.heap.length && this.timeAt(right) < this.timeAt(left) ? right : left;
      if (this.timeAt(place) <= this.timeAt(child)) return;
      this.swap(place, child);
      place = child;
    }
  }

  private timeAt(place: number): Millis {
    return this.times[this.heap[place]!]!;
  }

  private swap(a: number, b: number): void {
    const item = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = item;
    this.places[this.heap[a]!] = a;
    this.places[item] = b;
  }
}
