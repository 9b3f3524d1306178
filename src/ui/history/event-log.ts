import type { MigrationEvent } from '../../core/event.js';
import { getOrMake } from '../../core/get-or-make.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { Fate, Probes, SampleRing, Visitor } from './ring.js';

const REMEMBERED = 500;
/** How much is kept around an event, so that it can still be looked at in the morning. */
export const MARGIN: Millis = 15_000;
const EXCERPT_PROBES = 4096;

/** An event as last told, with the probes around it once they are all in. */
export interface LoggedEvent {
  event: MigrationEvent;
  excerpt?: Probes;
}

/** What happened, newest last, in memory that does not grow with the session. */
export class EventLog {
  private entries = new Map<string, LoggedEvent>();
  /** By target: asked at every step. */
  private awaiting = new Map<TargetId, Set<LoggedEvent>>();

  tell(event: MigrationEvent): void {
    const entry = this.entries.get(event.id) ?? { event };
    entry.event = event;
    this.entries.set(event.id, entry);
    if (event.state === 'closed' && !entry.excerpt)
      getOrMake(this.awaiting, event.target, () => new Set()).add(entry);
    if (this.entries.size > REMEMBERED) this.forgetOldest();
  }

  /** Keeps the probes around those events of the target that lie far enough back at `now`. */
  keepExcerpts(target: TargetId, probes: SampleRing, now: Millis): void {
    for (const entry of this.awaiting.get(target) ?? []) {
      if (now < endOf(entry.event) + MARGIN) continue;
      entry.excerpt = new Excerpt(probes, entry.event.startedAt - MARGIN, endOf(entry.event) + MARGIN);
      this.settle(entry);
    }
  }

  /** By the time of their start, newest first. */
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

  /** An event that waits for its probes no more. */
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

/** A copy of the probes of some seconds. */
class Excerpt implements Probes {
  private readonly probes: [at: Millis, fate: Fate, rttMs: Millis][] = [];

  constructor(source: SampleRing, from: Millis, to: Millis) {
    source.since(from, (at, fate, rttMs) => {
      if (at <= to && this.probes.length < EXCERPT_PROBES) this.probes.push([at, fate, rttMs]);
    });
  }

  since(from: Millis, visit: Visitor): void {
    for (const [at, fate, rttMs] of this.probes) if (at >= from) visit(at, fate, rttMs);
  }
}
