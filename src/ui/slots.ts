import type { Millis } from '../core/sample.js';
import type { NamedVerdict } from '../core/verdict.js';
import { levelOf } from './level.js';

/** A slot that was visited: its place among the arrays, and the beginning of its stretch of time. */
export type SlotVisitor = (slot: number, at: Millis) => void;

const MOST = 0xffff;

/** The last so many equal stretches of time, each with its extremes, counts and verdicts; memory is fixed. */
export class Slots {
  /** Smallest and largest RTT; of no meaning where nothing was answered in time. */
  min: Float32Array;
  max: Float32Array;
  /** Probes whose fate is known, and those of them that were lost; at most 65,535. */
  sent: Uint16Array;
  lost: Uint16Array;
  /** The highest level of each detector, slot by slot. */
  levels = new Uint8Array(0);
  private detectors = 0;
  /** Counted from 1970. */
  private newest = -Infinity;

  constructor(
    readonly slotMs: Millis,
    readonly capacity: number,
  ) {
    this.min = new Float32Array(capacity);
    this.max = new Float32Array(capacity);
    this.sent = new Uint16Array(capacity);
    this.lost = new Uint16Array(capacity);
  }

  /** When the oldest stretch began that is still held, or would be. */
  get reachesBack(): Millis {
    return (this.newest - this.capacity + 1) * this.slotMs;
  }

  answered(at: Millis, rttMs: Millis): void {
    const slot = this.slotAt(at);
    if (slot < 0) return;
    const first = !this.hasAnswer(slot);
    if (this.sent[slot]! < MOST) this.sent[slot]!++;
    if (first || rttMs < this.min[slot]!) this.min[slot] = rttMs;
    if (first || rttMs > this.max[slot]!) this.max[slot] = rttMs;
  }

  unanswered(at: Millis): void {
    const slot = this.slotAt(at);
    if (slot < 0 || this.sent[slot] === MOST) return;
    this.sent[slot]!++;
    this.lost[slot]!++;
  }

  judged(at: Millis, verdicts: readonly NamedVerdict[]): void {
    const slot = this.slotAt(at);
    if (slot < 0) return;
    if (this.detectors === 0) this.seat(verdicts.length);
    for (let detector = 0; detector < Math.min(this.detectors, verdicts.length); detector++) {
      const level = levelOf(verdicts[detector]!.verdict);
      const place = slot * this.detectors + detector;
      if (level > this.levels[place]!) this.levels[place] = level;
    }
  }

  hasAnswer(slot: number): boolean {
    return this.sent[slot]! > this.lost[slot]!;
  }

  /** The highest level of a detector in a slot; 0 where it told nothing. */
  levelIn(slot: number, detector: number): number {
    return this.levels[slot * this.detectors + detector] ?? 0;
  }

  /** Visits the stretches that overlap [from, to), oldest first. */
  between(from: Millis, to: Millis, visit: SlotVisitor): void {
    const first = Math.max(this.newest - this.capacity + 1, Math.floor(from / this.slotMs));
    const last = Math.min(this.newest, Math.ceil(to / this.slotMs) - 1);
    for (let index = first; index <= last; index++) visit(index % this.capacity, index * this.slotMs);
  }

  copy(): Slots {
    const copy: Slots = Object.assign(Object.create(Slots.prototype), this);
    for (const name of ['min', 'max'] as const) copy[name] = this[name].slice();
    for (const name of ['sent', 'lost'] as const) copy[name] = this[name].slice();
    copy.levels = this.levels.slice();
    return copy;
  }

  /** The slot of a moment, cleared when it is new; negative where that moment is held no more. */
  private slotAt(at: Millis): number {
    const index = Math.floor(at / this.slotMs);
    if (index <= this.newest - this.capacity) return -1;
    for (let fresh = Math.max(this.newest + 1, index - this.capacity + 1); fresh <= index; fresh++)
      this.clear(fresh % this.capacity);
    if (index > this.newest) this.newest = index;
    return index % this.capacity;
  }

  private clear(slot: number): void {
    this.sent[slot] = this.lost[slot] = 0;
    this.levels.fill(0, slot * this.detectors, (slot + 1) * this.detectors);
  }

  private seat(detectors: number): void {
    this.detectors = detectors;
    this.levels = new Uint8Array(this.capacity * detectors);
  }
}
