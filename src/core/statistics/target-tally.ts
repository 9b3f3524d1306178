import { EVENT_KINDS, type EventKind } from '../event.js';
import { type Millis, type Outcome, type TargetId, toMicros } from '../sample.js';
import {
  always,
  anyNumber,
  type Codec,
  count,
  inner,
  type Json,
  list,
  nullable,
  object,
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
export const MAX_EVENTS = 4096;

type Events = TargetSummary['events'];

const EVENTS = object<Events>(
  Object.fromEntries(EVENT_KINDS.map(kind => [kind, optional(count)])) as Record<
    EventKind,
    Codec<number | undefined>
  >,
);
/** How a summary is saved. */
export const SUMMARY = object<TargetSummary>({
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
  unreported: optional(list(text, MAX_EVENTS)),
  inClear: optional(count),
});

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
    if (this.unreported.size < MAX_EVENTS) this.unreported.add(event);
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

function rttSummary(rtt: Histogram): RttSummary | null {
  if (rtt.count === 0) return null;
  const at = (q: number) => toMicros(rtt.quantile(q)!);
  return { min: rtt.min, median: at(0.5), p95: at(0.95), p99: at(0.99), max: rtt.max };
}
