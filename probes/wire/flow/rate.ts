import type { Millis } from '../../../src/core/sample.js';

const SLOTS = 60;
const FIRST_WIDTH_MS: Millis = 50;

/** Bytes over time, in at most SLOTS slots, which become twice as wide whenever the time is longer than all of them. */
export class Rate {
  private widthMs: Millis = FIRST_WIDTH_MS;
  private readonly slots: number[] = [];

  constructor(private readonly startedAt: Millis) {}

  /** Adds bytes of a moment. One before the start, after a step of the clock, counts as the start. */
  add(at: Millis, bytes: number): void {
    const elapsed = Math.max(0, at - this.startedAt);
    while (elapsed >= this.widthMs * SLOTS) this.widen();
    const slot = Math.floor(elapsed / this.widthMs);
    while (this.slots.length <= slot) this.slots.push(0);
    this.slots[slot]! += bytes;
  }

  /** Bytes by slot from the start, and the width of a slot. */
  get all(): { widthMs: Millis; bytes: readonly number[] } {
    return { widthMs: this.widthMs, bytes: this.slots };
  }

  private widen(): void {
    const pairs = Math.ceil(this.slots.length / 2);
    for (let slot = 0; slot < pairs; slot++)
      this.slots[slot] = this.slots[2 * slot]! + (this.slots[2 * slot + 1] ?? 0);
    this.slots.length = pairs;
    this.widthMs *= 2;
  }
}
