import type { MigrationEvent } from '../core/event.js';
import type { Millis } from '../core/sample.js';
import { UsageError } from '../core/validation/usage-error.js';
import { isSample, RecordingReader, readThrough } from '../recording/reader.js';
import type { Selection } from '../recording/selection.js';
import { EXCERPT_MARGIN_MS, endOf } from '../ui/history/event-log.js';
import { Witnesses } from '../ui/history/witnesses.js';
import { PAGE_SIZE, pageText } from '../ui/panels/event-page-text.js';
import { eventPageOf } from '../ui/view/event-page.js';
import type { Analysis } from './analysis.js';

/** Samples of each kind around an event. */
const CAPACITY = 200_000;

/**
 * The page of an event as the last set of detectors judged it, as text. `name` is its id or the number in it, such as `e3` or
 * `3`. Rejects with a UsageError if the recording has no such event.
 */
export async function eventPage(analysis: Analysis, name: string): Promise<string> {
  const { path, endedAt } = analysis;
  const event = chosenEvent(analysis, name);
  const reader = RecordingReader.open(path);
  try {
    const witnesses = new Witnesses(CAPACITY);
    const { from, to } = around(event);
    let target = reader.header.targets.find(each => each.target === event.target);
    await readThrough(reader, entry => {
      if (isSample(entry)) {
        if (entry.target === event.target && entry.at >= from && entry.at <= to) witnesses.put(entry);
      } else if (entry.type === 'target' && entry.data.info.target === event.target) target = entry.data.info;
    });
    return pageText(eventPageOf(event, witnesses, target, endedAt, PAGE_SIZE));
  } finally {
    reader.close();
  }
}

/** The part of the recording that the page of an event is about. Throws a UsageError if there is no such event. */
export function eventPart(analysis: Analysis, name: string): Selection {
  const event = chosenEvent(analysis, name);
  return { ...around(event), targets: new Set([event.target]), event: event.id };
}

function chosenEvent({ judgements }: Analysis, name: string): MigrationEvent {
  return eventNumbered(name, judgements.at(-1)!.events);
}

/** The span of an event with a margin. */
function around(event: MigrationEvent): { from: Millis; to: Millis } {
  return { from: event.startedAt - EXCERPT_MARGIN_MS, to: endOf(event) + EXCERPT_MARGIN_MS };
}

/** The event with this id, or with this number in its id. */
export function eventNamed(name: string, events: readonly MigrationEvent[]): MigrationEvent | undefined {
  return events.find(({ id }) => id === name) ?? events.find(({ id }) => id === `e${name}`);
}

/** The same, for an event that must exist: throws a UsageError otherwise. */
export function eventNumbered(name: string, events: readonly MigrationEvent[]): MigrationEvent {
  const event = eventNamed(name, events);
  if (!event) throw new UsageError(`--event ${name}: ${knownEvents(events)}`);
  return event;
}

/** The number of an event, as tables and links have it. */
export function numberOf({ id }: MigrationEvent): string {
  return id.replace(/^e(?=\d)/, '');
}

function knownEvents(events: readonly MigrationEvent[]): string {
  if (events.length === 0) return 'the recording has no events';
  return `no such event: expected the number of one, ${events.length === 1 ? 'which is' : 'from'} ${ends(events)}`;
}

function ends(events: readonly MigrationEvent[]): string {
  const [first, last] = [events[0]!, events.at(-1)!].map(numberOf);
  return events.length === 1 ? first! : `${first} to ${last}`;
}
