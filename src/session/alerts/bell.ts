import type { MigrationEvent } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';

/** Forty VMs that move at once ring once. */
const APART: Millis = 1000;
/** Events that rang; longer ago than this none is told again. */
const REMEMBERED = 1000;

/** Rings when an event first turns red, unless it was expected; and where a move went over its budget. Reads no clock. */
export class Bell {
  private readonly rang = new Set<string>();
  private due = false;
  private lastAt: Millis = -Infinity;

  /** `isOver` tells whether a move that is over took longer than it may. */
  constructor(
    public on: boolean,
    private readonly isOver: (event: MigrationEvent) => boolean,
  ) {}

  take(event: MigrationEvent): void {
    const unexpected = event.red && !event.expected;
    if (this.rang.has(event.id) || !(unexpected || this.isOver(event))) return;
    this.rang.add(event.id);
    if (this.rang.size > REMEMBERED) this.rang.delete(this.rang.values().next().value!);
    if (this.on) this.due = true;
  }

  /** Whether to ring now; asked by whoever holds a terminal that takes it. */
  ring(now: Millis): boolean {
    if (!this.due || now - this.lastAt < APART) return false;
    this.due = false;
    this.lastAt = now;
    return true;
  }
}
