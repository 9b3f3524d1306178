import type { Millis } from '../../core/sample.js';

export const SLOTS_PER_PAGE = 128;
const MAX_COUNT = 0xffff;

/** A block of slots, at 12 bytes a slot and one more for each detector. */
export class SlotPage {
  /** One buffer for all columns: an array of its own costs 200 bytes more. */
  private readonly columns = new ArrayBuffer(12 * SLOTS_PER_PAGE);
  /** Smallest and largest RTT; undefined in a slot without an answer. */
  readonly min = new Float32Array(this.columns, 0, SLOTS_PER_PAGE);
  readonly max = new Float32Array(this.columns, 4 * SLOTS_PER_PAGE, SLOTS_PER_PAGE);
  /** Probes with a final outcome, and how many of them were lost; at most 65,535. */
  readonly sent = new Uint16Array(this.columns, 8 * SLOTS_PER_PAGE, SLOTS_PER_PAGE);
  readonly lost = new Uint16Array(this.columns, 10 * SLOTS_PER_PAGE, SLOTS_PER_PAGE);
  /** The highest level of each detector, slot by slot. */
  private levels = new Uint8Array(0);
  private detectors = 0;

  answered(slot: number, rttMs: Millis): void {
    const first = !this.hasAnswer(slot);
    if (this.sent[slot]! < MAX_COUNT) this.sent[slot]!++;
    if (first || rttMs < this.min[slot]!) this.min[slot] = rttMs;
    if (first || rttMs > this.max[slot]!) this.max[slot] = rttMs;
  }

  unanswered(slot: number): void {
    if (this.sent[slot] === MAX_COUNT) return;
    this.sent[slot]!++;
    this.lost[slot]!++;
  }

  /** Levels in the order of the detectors. */
  judged(slot: number, levels: readonly number[]): void {
    if (this.detectors === 0) this.seat(levels.length);
    const first = slot * this.detectors;
    const count = Math.min(this.detectors, levels.length);
    for (let detector = 0; detector < count; detector++)
      if (levels[detector]! > this.levels[first + detector]!)
        this.levels[first + detector] = levels[detector]!;
  }

  hasAnswer(slot: number): boolean {
    return this.sent[slot]! > this.lost[slot]!;
  }

  /** The highest level of a detector in a slot; 0 without a verdict. */
  levelIn(slot: number, detector: number): number {
    return this.levels[slot * this.detectors + detector] ?? 0;
  }

  clear(slot: number): void {
    this.sent[slot] = this.lost[slot] = 0;
    this.levels.fill(0, slot * this.detectors, (slot + 1) * this.detectors);
  }

  copy(): SlotPage {
    const copy = new SlotPage();
    for (const name of ['min', 'max', 'sent', 'lost'] as const) copy[name].set(this[name]);
    copy.seat(this.detectors);
    copy.levels.set(this.levels);
    return copy;
  }

  private seat(detectors: number): void {
    this.detectors = detectors;
    this.levels = new Uint8Array(SLOTS_PER_PAGE * detectors);
  }
}
