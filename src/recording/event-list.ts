import type { MigrationEvent } from '../core/event.js';

/** More than any night has; the list of a recording with more is cut here. */
const MAX_EVENTS = 10_000;

/** The latest state of each event, in the order in which events first appeared. */
export class EventList {
  private readonly events = new Map<string, MigrationEvent>();

  add(event: MigrationEvent): void {
    if (this.events.size < MAX_EVENTS || this.events.has(event.id)) this.events.set(event.id, event);
  }

  all(): MigrationEvent[] {
    return [...this.events.values()];
  }
}

/** An event as it was recorded beside the one judged now; either may be missing. */
export interface EventPair {
  recorded?: MigrationEvent;
  judged?: MigrationEvent;
  /** Both sides have the same kind, or there is only one side. */
  agrees: boolean;
}

/**
 * Matches events of one target that overlap in time, one to one, in the order of time. `recorded` is
 * undefined for a recording that was never shown live; then no pair disagrees.
 */
export function pairEvents(
  recorded: readonly MigrationEvent[] | undefined,
  judged: readonly MigrationEvent[],
): EventPair[] {
  const left = new Set(judged);
  const pairs: EventPair[] = (recorded ?? []).map(event => {
    const match = find(left, other => other.target === event.target && overlap(event, other));
    if (!match) return { recorded: event, agrees: false };
    left.delete(match);
    return { recorded: event, judged: match, agrees: match.kind === event.kind };
  });
  for (const event of left) pairs.push({ judged: event, agrees: recorded === undefined });
  return pairs.sort((a, b) => startOf(a) - startOf(b));
}

function find<Item>(items: Iterable<Item>, fits: (item: Item) => boolean): Item | undefined {
  for (const item of items) if (fits(item)) return item;
  return undefined;
}

function overlap(a: MigrationEvent, b: MigrationEvent): boolean {
  return a.startedAt <= (b.endedAt ?? Infinity) && b.startedAt <= (a.endedAt ?? Infinity);
}

/** When it began: as recorded, else as judged. */
export function startOf({ recorded, judged }: EventPair): number {
  return (recorded ?? judged)!.startedAt;
}
