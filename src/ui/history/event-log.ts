import type { MigrationEvent } from '../../core/event.js';
import { getOrMake } from '../../core/get-or-make.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { excerptOf, type WitnessReader } from './witnesses.js';

const EVENT_CAPACITY = 500;
/** How much time around an event is kept, so that it can still be inspected hours later. */
export const EXCERPT_MARGIN_MS: Millis = 15_000;

/** The latest state of an event, with what the witnesses reported around it once all has arrived. */
export interface LoggedEvent {
  event: MigrationEvent;
  excerpt?: WitnessReader;
}

/** The latest events, newest last, in bounded memory. */
export class EventLog {
  private entries = new Map<string, LoggedEvent>();
  /** By target, because every step looks it up. */
  private awaiting = new Map<TargetId, Set<LoggedEvent>>();

  put(event: MigrationEvent): void {
    const entry = this.entries.get(event.id) ?? { event };
    entry.event = event;
    this.entries.set(event.id, entry);
    if (event.state === 'closed' && !entry.excerpt)
      getOrMake(this.awaiting, event.target, () => new Set()).add(entry);
    if (this.entries.size > EVENT_CAPACITY) this.forgetOldest();
  }

  /** Copies what was reported around those events of the target that ended long enough before `now`. */
  keepExcerpts(target: TargetId, witnesses: WitnessReader, now: Millis): void {
    for (const entry of this.awaiting.get(target) ?? []) {
      if (now < endOf(entry.event) + EXCERPT_MARGIN_MS) continue;
      const { startedAt } = entry.event;
      const [from, to] = [startedAt - EXCERPT_MARGIN_MS, endOf(entry.event) + EXCERPT_MARGIN_MS];
      entry.excerpt = excerptOf(witnesses, from, to);
      this.settle(entry);
    }
  }

  /** By start time, newest first. */
  newestFirst(): LoggedEvent[] {
    return [...this.entries.values()].sort((a, b) => b.event.startedAt - a.event.startedAt);
  }

  get(id: string | undefined): LoggedEvent | undefined {
    return id === undefined ? undefined : this.entries.get(id);
  }

  copy(): EventLog {
    const copy = new EventLog();
    copy.entries = new Map([...this.entries].map(([id, entry]) => [id, { ...entry }]));
    return copy;
  }

  private forgetOldest(): void {
    const [id, entry] = this.entries.entries().next().value!;
    this.entries.delete(id);
    this.settle(entry);
  }

  /** Stops waiting for what is reported after an event. */
  private settle(entry: LoggedEvent): void {
    const { target } = entry.event;
    const others = this.awaiting.get(target);
    others?.delete(entry);
    if (others?.size === 0) this.awaiting.delete(target);
  }
}

export function endOf(event: MigrationEvent): Millis {
  return event.endedAt ?? event.detectedAt;
}
