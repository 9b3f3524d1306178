import { EVENT_KINDS, type EventKind, type MigrationEvent } from '../event.js';
import { getOrMake } from '../get-or-make.js';
import { type Millis, type Outcome, type TargetId, toMicros } from '../sample.js';
import type { Sink, Step } from '../step.js';
import {
  always,
  anyNumber,
  type Codec,
  count,
  inner,
  type Json,
  list,
  mapOf,
  nullable,
  object,
  oneOf,
  optional,
  part,
  type Stateful,
  text,
} from '../validation/saved-state.js';
import { isInClear } from '../wire/stream.js';
import { Histogram } from './histogram.js';

/** What a session measured of one target, as plain data. */
export interface TargetSummary {
  target: TargetId;
  /** Probes with a final outcome: received + lost. */
  sent: number;
  /** Answered within the timeout. */
  received: number;
  /** Not answered within the timeout, or reported as unreachable. */
  lost: number;
  /** Lost probes whose reply came later. */
  late: number;
  /** Of the received; quantiles within 0.5 %, the extremes exact. */
  rttMs: RttSummary | null;
  events: Partial<Record<EventKind, number>>;
  /** Migrations that its connected hypervisor did not report; absent if there were none. */
  unreported?: number;
  /** Migration streams in clear that were captured, counted at the target that they were recorded with; absent if there were none. */
  inClear?: number;
  /** It was removed before the session ended. */
  removed?: true;
}

export interface RttSummary {
  min: Millis;
  median: Millis;
  p95: Millis;
  p99: Millis;
  max: Millis;
}

/** At most this many events can change their kind; older ones stay counted as they are. */
const REMEMBERED_EVENTS = 4096;

/** At most this many removed targets with events are kept; the oldest are dropped. */
const REMEMBERED_TARGETS = 10_000;

type Events = TargetSummary['events'];

const EVENTS = object<Events>(
  Object.fromEntries(EVENT_KINDS.map(kind => [kind, optional(count)])) as Record<
    EventKind,
    Codec<number | undefined>
  >,
);
const SUMMARY = object<TargetSummary>({
  target: text,
  ...{ sent: count, received: count, lost: count, late: count },
  rttMs: nullable(
    object<RttSummary>({ min: anyNumber, median: anyNumber, p95: anyNumber, p99: anyNumber, max: anyNumber }),
  ),
  events: EVENTS,
  unreported: optional(count),
  inClear: optional(count),
  removed: optional(always),
});
const STATE = part<{
  targets: Map<TargetId, Json>;
  kinds: Map<string, EventKind>;
  removed: Map<TargetId, TargetSummary>;
}>(1, {
  targets: mapOf(inner, Number.MAX_SAFE_INTEGER),
  kinds: mapOf(oneOf(...EVENT_KINDS), REMEMBERED_EVENTS),
  removed: mapOf(SUMMARY, REMEMBERED_TARGETS),
});
const TARGET = part<{
  received: number;
  lost: number;
  late: number;
  rtt: Json;
  events: Events;
  unreported: string[] | undefined;
  inClear: number | undefined;
}>(1, {
  ...{ received: count, lost: count, late: count },
  rtt: inner,
  events: EVENTS,
  unreported: optional(list(text, REMEMBERED_EVENTS)),
  inClear: optional(count),
});

/** Counts a session, in memory that does not grow with its length. */
export class Tally implements Sink, Stateful {
  private targets = new Map<TargetId, TargetTally>();
  private kinds = new Map<string, EventKind>();
  /** Removed targets that had events, as they were then. */
  private removed = new Map<TargetId, TargetSummary>();

  constructor(targets: readonly TargetId[] = []) {
    for (const target of targets) this.add(target);
  }

  take(step: Step): void {
    const { target, outcome } = step.sample;
    const tally = this.targets.get(target) ?? this.add(target);
    tally.count(outcome);
    for (const event of step.events) {
      this.countEvent(event);
      if (event.reported?.state === 'unreported') this.add(event.target).countUnreported(event.id);
    }
  }

  /** The counts of a target. From now on it is in the summaries, even without a sample. */
  add(target: TargetId): TargetTally {
    return getOrMake(this.targets, target, () => this.begin(target));
  }

  /** The counts of a target, to read; zeros for one that is not in the tally. */
  of(target: TargetId): TargetTally {
    return this.targets.get(target) ?? new TargetTally();
  }

  /** The targets in the order in which they were named or first seen, then removed ones that had events. */
  targetSummaries(): TargetSummary[] {
    const present = [...this.targets].map(([target, tally]) => ({ target, ...tally.summary() }));
    return [...present, ...this.removed.values()];
  }

  /** Removes a target. Its events stay counted. */
  remove(target: TargetId): void {
    const tally = this.targets.get(target);
    this.targets.delete(target);
    if (!tally || Object.keys(tally.events).length === 0) return;
    this.removed.set(target, { target, ...tally.summary(), removed: true });
    if (this.removed.size > REMEMBERED_TARGETS) this.removed.delete(this.removed.keys().next().value!);
  }

  /** Resets the measurements of one target or of all. Events stay counted. */
  reset(target?: TargetId): void {
    for (const [id, tally] of this.targets) if (target === undefined || id === target) tally.clear();
  }

  /** A copy, which does not change. */
  copy(): Tally {
    const copy = new Tally();
    for (const [id, tally] of this.targets) copy.targets.set(id, tally.copy());
    for (const [id, kind] of this.kinds) copy.kinds.set(id, kind);
    for (const [id, summary] of this.removed) copy.removed.set(id, summary);
    return copy;
  }

  save(): Json {
    const { kinds, removed } = this;
    const targets = new Map([...this.targets].map(([target, tally]) => [target, tally.save()]));
    return STATE.save({ targets, kinds, removed });
  }

  load(saved: Json): void {
    const { targets, kinds, removed } = STATE.load(saved);
    const tallies = [...targets].map(([target, tally]) => [target, loadedTally(tally)] as const);
    this.targets = new Map(tallies);
    this.kinds = kinds;
    this.removed = removed;
  }

  /** A target that was removed and is added again keeps its events. */
  private begin(target: TargetId): TargetTally {
    const tally = new TargetTally();
    tally.events = { ...this.removed.get(target)?.events };
    this.removed.delete(target);
    return tally;
  }

  private countEvent({ id, target, kind }: MigrationEvent): void {
    const before = this.kinds.get(id);
    if (before === kind) return;
    const { events } = this.add(target);
    if (before && events[before] === 1) delete events[before];
    else if (before && events[before]) events[before]--;
    events[kind] = (events[kind] ?? 0) + 1;
    this.kinds.set(id, kind);
    if (this.kinds.size > REMEMBERED_EVENTS) this.kinds.delete(this.kinds.keys().next().value!);
  }
}

/** The counts of one target. */
export class TargetTally implements Stateful {
  received = 0;
  lost = 0;
  late = 0;
  rtt = new Histogram();
  events: Partial<Record<EventKind, number>> = {};
  /** The ids of migrations that the hypervisor did not report: the first ones, if there are very many. */
  unreported = new Set<string>();
  inClear = 0;

  countUnreported(event: string): void {
    if (this.unreported.size < REMEMBERED_EVENTS) this.unreported.add(event);
  }

  count(outcome: Outcome): void {
    if (outcome.kind === 'flow' && isInClear(outcome)) this.inClear++;
    if (outcome.kind === 'lost') this.lost++;
    if (outcome.kind !== 'reply') return;
    if (outcome.late) this.late++;
    else {
      this.received++;
      this.rtt.add(outcome.rttMs);
    }
  }

  /** In 0…1; 0 before the first probe. */
  get lossRate(): number {
    return this.lost / Math.max(1, this.received + this.lost);
  }

  summary(): Omit<TargetSummary, 'target'> {
    const { received, lost, late, unreported, inClear } = this;
    return {
      sent: received + lost,
      received,
      lost,
      late,
      rttMs: rttSummary(this.rtt),
      events: { ...this.events },
      ...(unreported.size > 0 && { unreported: unreported.size }),
      ...(inClear > 0 && { inClear }),
    };
  }

  copy(): TargetTally {
    return Object.assign(new TargetTally(), this, {
      ...{ rtt: this.rtt.copy(), events: { ...this.events }, unreported: new Set(this.unreported) },
    });
  }

  save(): Json {
    const { received, lost, late, events } = this;
    const unreported = this.unreported.size > 0 ? [...this.unreported] : undefined;
    const inClear = this.inClear > 0 ? this.inClear : undefined;
    return TARGET.save({ received, lost, late, rtt: this.rtt.save(), events, unreported, inClear });
  }

  load(saved: Json): void {
    const { rtt, ...state } = TARGET.load(saved);
    this.rtt.load(rtt);
    this.received = state.received;
    this.lost = state.lost;
    this.late = state.late;
    this.events = state.events;
    this.unreported = new Set(state.unreported);
    this.inClear = state.inClear ?? 0;
  }

  clear(): void {
    this.received = this.lost = this.late = 0;
    this.rtt.clear();
  }
}

function loadedTally(saved: Json): TargetTally {
  const tally = new TargetTally();
  tally.load(saved);
  return tally;
}

function rttSummary(rtt: Histogram): RttSummary | null {
  if (rtt.count === 0) return null;
  const at = (q: number) => toMicros(rtt.quantile(q)!);
  return { min: rtt.min, median: at(0.5), p95: at(0.95), p99: at(0.99), max: rtt.max };
}
