import type { EventKind, MigrationEvent } from '../../core/event.js';

/** While a terminal takes nothing, news wait; no more of them than this. */
const WAITING = 200;
/** Events that may still change their kind. */
const REMEMBERED = 1000;

/** What goes into the pane's history, each once: events that are over, and notices. */
export class PaneQueue {
  private readonly kinds = new Map<string, EventKind>();
  private told: ReadonlySet<string> = new Set();
  private events: MigrationEvent[] = [];

  /** Tells an event when it is over, and again when it turns out to have been something else. */
  take(event: MigrationEvent): void {
    if (event.state !== 'closed' || this.kinds.get(event.id) === event.kind) return;
    this.kinds.set(event.id, event.kind);
    if (this.kinds.size > REMEMBERED) this.kinds.delete(this.kinds.keys().next().value!);
    this.events.push(event);
    if (this.events.length > WAITING) this.events.shift();
  }

  /** What there is to tell now, of these notices and of the events so far. */
  next(notices: readonly string[]): { notices: readonly string[]; events: readonly MigrationEvent[] } {
    const fresh = [...new Set(notices)].filter(notice => !this.told.has(notice));
    const { events } = this;
    this.told = new Set(notices);
    this.events = [];
    return { notices: fresh, events };
  }
}
