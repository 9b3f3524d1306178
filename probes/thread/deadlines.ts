import type { Millis } from '../../src/core/sample.js';

/** A binary heap with one deadline for each of the items 0, 1, 2 …, the earliest first. */
export class Deadlines {
  private readonly times: Millis[] = [];
  private readonly heap: number[] = [];
  private readonly places: number[] = [];

  /** The item that is due first; undefined if there are no items. */
  get first(): number | undefined {
    return this.heap[0];
  }

  /** When that item is due. */
  get firstTime(): Millis {
    return this.heap.length === 0 ? Infinity : this.times[this.heap[0]!]!;
  }

  /** Items that were never set, and those set to Infinity, are not due. */
  set(item: number, time: Millis): void {
    while (this.times.length <= item) this.enter();
    const earlier = time < this.times[item]!;
    this.times[item] = time;
    if (earlier) this.rise(this.places[item]!);
    else this.sink(this.places[item]!);
  }

  /** At Infinity, an item's place is behind all others. */
  private enter(): void {
    this.places.push(this.times.length);
    this.heap.push(this.times.length);
    this.times.push(Infinity);
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
