import type { EventKind, MigrationEvent } from '../../core/event.js';

/** At most this many events wait while the terminal is stalled. */
const QUEUE_CAPACITY = 200;
/** At most this many events are checked for a change of kind. */
const KIND_CAPACITY = 1000;

/** The queue of what goes into the pane's history, each once: closed events and notices. */
export class PaneQueue {
  private readonly kinds = new Map<string, EventKind>();
  private reported: ReadonlySet<string> = new Set();
  private events: MigrationEvent[] = [];

  /** Queues an event when it closes, and again when its kind changes. */
  take(event: MigrationEvent): void {
    if (event.state !== 'closed' || this.kinds.get(event.id) === event.kind) return;
    this.kinds.set(event.id, event.kind);
    if (this.kinds.size > KIND_CAPACITY) this.kinds.delete(this.kinds.keys().next().value!);
    this.events.push(event);
    if (this.events.length > QUEUE_CAPACITY) this.events.shift();
  }

  /** The new ones of these notices, and the queued events. */
  next(notices: readonly string[]): { notices: readonly string[]; events: readonly MigrationEvent[] } {
    const fresh = [...new Set(notices)].filter(notice => !this.reported.has(notice));
    const { events } = this;
    this.reported = new Set(notices);
    this.events = [];
    return { notices: fresh, events };
  }
}
