import type { MigrationEvent } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';

/** At most one ring in this time: forty VMs that move at once ring once. */
const RING_INTERVAL_MS: Millis = 1000;
/** Events that rang and must not ring again; older ones do not change any more. */
const CAPACITY = 1000;

/** Rings once for an event that turns red and was not expected, or that went over its budget. Reads no clock. */
export class Bell {
  private readonly rang = new Set<string>();
  private due = false;
  private lastAt: Millis = -Infinity;

  /** `isOver` returns whether a closed move took longer than its budget. */
  constructor(
    public on: boolean,
    private readonly isOver: (event: MigrationEvent) => boolean,
  ) {}

  take(event: MigrationEvent): void {
    const unexpected = event.red && !event.expected;
    if (this.rang.has(event.id) || !(unexpected || this.isOver(event))) return;
    this.rang.add(event.id);
    if (this.rang.size > CAPACITY) this.rang.delete(this.rang.values().next().value!);
    if (this.on) this.due = true;
  }

  /** Returns whether to ring now; called by a screen before it writes to its terminal. */
  ring(now: Millis): boolean {
    if (!this.due || now - this.lastAt < RING_INTERVAL_MS) return false;
    this.due = false;
    this.lastAt = now;
    return true;
  }
}
