import type { EventKind, MigrationEvent } from '../event.js';
import { EVENT } from '../judge/event-codecs.js';
import type { Millis, Sample } from '../sample.js';
import { type Json, list, part, type Stateful } from '../validation/saved-state.js';
import { EVENT_STREAM, type EventStream, eventStreamOf } from './event-stream.js';
import { streamWords } from './words.js';

/** A stream and an event that are this far apart still belong together: both begin and end with delay. */
const SLACK_MS: Millis = 2000;
/** How long a stream waits for its event, and an event for its stream: a post-copy goes on after its event. */
const KEEP_MS: Millis = 60_000;
const MAX_STREAMS = 64;
const MAX_EVENTS = 256;

/** The kinds of events that a migration may show as. */
const KINDS: readonly EventKind[] = ['migration', 'unclear', 'outage', 'failover'];

const STATE = part<{ streams: EventStream[]; events: MigrationEvent[] }>(1, {
  streams: list(EVENT_STREAM, MAX_STREAMS),
  events: list(EVENT, MAX_EVENTS),
});

/**
 * Puts the migration streams on the network beside the events of their time, for all targets: a stream names its hypervisors and
 * not its VM. It is evidence beside the verdict, and never changes what an event is judged to be. Pure.
 */
export class WireReports implements Stateful {
  private streams: EventStream[] = [];
  /** The latest events as the judge gave them, each with its stream. */
  private events: MigrationEvent[] = [];

  /** There is nothing to join. */
  get isEmpty(): boolean {
    return this.streams.length === 0 && this.events.length === 0;
  }

  /** Takes a stream. Returns the events that it belongs to. */
  take({ outcome, knownAt }: Sample): MigrationEvent[] {
    if (outcome.kind !== 'flow' || outcome.migration === 'no') return [];
    this.forget(knownAt);
    this.streams = [...this.streams.slice(1 - MAX_STREAMS), eventStreamOf(outcome)];
    const changed: MigrationEvent[] = [];
    this.events = this.events.map(event => {
      const stream = this.streamOf(event, knownAt);
      if (!stream || JSON.stringify(stream) === JSON.stringify(event.stream)) return event;
      const joined = { ...event, stream };
      changed.push(shown(joined));
      return joined;
    });
    return changed;
  }

  /** The event with its stream. */
  join(event: MigrationEvent, now: Millis): MigrationEvent {
    this.forget(now);
    const index = this.events.findIndex(({ id, target }) => id === event.id && target === event.target);
    const stream = this.streamOf(event, now) ?? this.events[index]?.stream;
    const joined = stream ? { ...event, stream } : event;
    if (index >= 0) this.events[index] = joined;
    else this.events.push(joined);
    if (this.events.length > MAX_EVENTS) this.events.shift();
    return shown(joined);
  }

  save(): Json {
    const { streams, events } = this;
    return STATE.save({ streams, events });
  }

  load(saved: Json): void {
    const { streams, events } = STATE.load(saved);
    Object.assign(this, { streams, events });
  }

  private forget(now: Millis): void {
    const isRecent = ({ endedAt }: { endedAt?: Millis }) => endedAt === undefined || now - endedAt < KEEP_MS;
    this.streams = this.streams.filter(isRecent);
    this.events = this.events.filter(isRecent);
  }

  /** The stream whose time is that of the event: one that was read before one that is likely, then the one that ended nearest. */
  private streamOf(event: MigrationEvent, now: Millis): EventStream | undefined {
    if (!KINDS.includes(event.kind)) return undefined;
    const [from, to] = [event.startedAt - SLACK_MS, (event.endedAt ?? now) + SLACK_MS];
    const rank = ({ migration, endedAt }: EventStream) =>
      (migration === 'yes' ? 0 : 2 * KEEP_MS) + Math.abs(endedAt - event.startedAt);
    return this.streams
      .filter(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from)
      .sort((a, b) => rank(a) - rank(b))[0];
  }
}

function shown(event: MigrationEvent): MigrationEvent {
  const { stream } = event;
  if (!stream) return event;
  const { from, to, canary, ...figures } = stream;
  const words = streamWords({ ...figures, ...(canary !== undefined && { canary: { count: canary } }) });
  const evidence = { witness: 'wire', summary: `${words}, from ${from} to ${to}` };
  return { ...event, evidence: [...event.evidence, evidence] };
}
