import type { MigrationEvent } from '../../core/event.js';

/** At most this many events wait while the terminal is stalled. */
const QUEUE_CAPACITY = 200;
/** At most this many events are checked for a change. */
const REPORTED_CAPACITY = 1000;

/** The closed events and notices that are to be added to the pane's history, each once. */
export class PaneQueue {
  /** By event: its kind and whether it is red, as last reported. */
  private readonly reported = new Map<string, Pick<MigrationEvent, 'kind' | 'red'>>();
  private notices: ReadonlySet<string> = new Set();
  private events: MigrationEvent[] = [];

  /** Queues an event when it closes, and again when its kind or its colour changes. */
  take(event: MigrationEvent): void {
    const { id, kind, red } = event;
    const before = this.reported.get(id);
    if (event.state !== 'closed' || (before?.kind === kind && before.red === red)) return;
    this.reported.set(id, { kind, red });
    if (this.reported.size > REPORTED_CAPACITY) this.reported.delete(this.reported.keys().next().value!);
    this.events.push(event);
    if (this.events.length > QUEUE_CAPACITY) this.events.shift();
  }

  /** Returns the notices that were not among the last ones, and the queued events. */
  next(notices: readonly string[]): { notices: readonly string[]; events: readonly MigrationEvent[] } {
    const fresh = [...new Set(notices)].filter(notice => !this.notices.has(notice));
    const { events } = this;
    this.notices = new Set(notices);
    this.events = [];
    return { notices: fresh, events };
  }
}
