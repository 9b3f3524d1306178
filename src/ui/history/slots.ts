import type { Millis } from '../../core/sample.js';
import { SLOTS_PER_PAGE, SlotPage } from './slot-page.js';

/** Called with the page of a slot, its index on that page, and the start of its time. */
export type SlotVisitor = (page: SlotPage, slot: number, at: Millis) => void;

/** The last `capacity` equal stretches of time, each with extremes, counts and verdicts; memory is bounded. */
export class Slots {
  /** Allocated when first written to, so that memory grows only with the time watched. */
  private pages: (SlotPage | undefined)[];
  /** Counted from 1970. */
  private newest = -Infinity;
  /** The slot that was written last, and its place: nearly every sample falls into the same. */
  private latest = { index: Number.NaN, page: undefined as SlotPage | undefined, slot: 0 };
  /** The slot and the state of the levels that were written last. */
  private judgedIndex = Number.NaN;
  private judgedChanges = Number.NaN;

  constructor(
    readonly slotMs: Millis,
    readonly capacity: number,
  ) {
    this.pages = Array(Math.ceil(capacity / SLOTS_PER_PAGE)).fill(undefined);
  }

  /** The start of the oldest slot that is, or could be, stored. */
  get reachesBack(): Millis {
    return (this.newest - this.capacity + 1) * this.slotMs;
  }

  answered(at: Millis, rttMs: Millis): void {
    const { page, slot } = this.placeOf(at);
    page?.answered(slot, rttMs);
  }

  unanswered(at: Millis): void {
    const { page, slot } = this.placeOf(at);
    page?.unanswered(slot);
  }

  /** `changes`: how often the levels changed so far. */
  judged(at: Millis, levels: readonly number[], changes: number): void {
    const { index, page, slot } = this.placeOf(at);
    if (index === this.judgedIndex && changes === this.judgedChanges) return;
    this.judgedIndex = index;
    this.judgedChanges = changes;
    page?.judged(slot, levels);
  }

  /** Visits the stretches that overlap [from, to), oldest first. */
  between(from: Millis, to: Millis, visit: SlotVisitor): void {
    const first = Math.max(this.newest - this.capacity + 1, Math.floor(from / this.slotMs));
    const last = Math.min(this.newest, Math.ceil(to / this.slotMs) - 1);
    for (let index = first; index <= last; index++) {
      const slot = index % this.capacity;
      const page = this.pages[Math.floor(slot / SLOTS_PER_PAGE)];
      if (page) visit(page, slot % SLOTS_PER_PAGE, index * this.slotMs);
    }
  }

  copy(): Slots {
    const copy: Slots = Object.assign(Object.create(Slots.prototype), this);
    copy.pages = this.pages.map(page => page?.copy());
    copy.latest = { index: Number.NaN, page: undefined, slot: 0 };
    return copy;
  }

  /** The slot of a moment, cleared when it is new; without a page if the moment is too old. */
  private placeOf(at: Millis) {
    const index = Math.floor(at / this.slotMs);
    const { latest } = this;
    if (index === latest.index) return latest;
    const slot = this.slotAt(index);
    latest.index = index;
    latest.page = slot < 0 ? undefined : this.pageOf(slot);
    latest.slot = slot % SLOTS_PER_PAGE;
    return latest;
  }

  /** Negative if the slot is too old. */
  private slotAt(index: number): number {
    if (index <= this.newest - this.capacity) return -1;
    if (index - this.newest >= this.capacity) this.pages.fill(undefined);
    else
      for (let fresh = this.newest + 1; fresh <= index; fresh++) {
        const slot = fresh % this.capacity;
        this.pages[Math.floor(slot / SLOTS_PER_PAGE)]?.clear(slot % SLOTS_PER_PAGE);
      }
    if (index > this.newest) this.newest = index;
    return index % this.capacity;
  }

  private pageOf(slot: number): SlotPage {
    const index = Math.floor(slot / SLOTS_PER_PAGE);
    this.pages[index] ??= new SlotPage();
    return this.pages[index];
  }
}
