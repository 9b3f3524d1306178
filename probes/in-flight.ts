import {
  type Millis,
  type Outcome,
  type Sample,
  type Stamp,
  type TargetId,
  toMicros,
} from '../src/core/sample.js';
import { OverdueAge } from './overdue-age.js';

/** How long past its timeout a probe is remembered: a late reply is still evidence. */
const REMEMBERED: Millis = 10_000;
/** A probe that leaves later than planned by more than this tells of our own hiccup. */
const WORTH_TELLING: Millis = 5;

/** What is known of a reply besides its arrival. */
export interface Reply {
  /** Where it was measured better than by the two moments of the book. */
  rttMs?: Millis;
  ttl?: number;
  stamp?: Stamp;
}

type State = 'waiting' | 'overdue' | 'lost' | 'answered' | 'unsent';

interface Probe {
  at: Millis;
  lagMs?: Millis;
  state: State;
  /** Somebody said that it can't be delivered, and maybe who. */
  refusal?: { from?: string };
}

/** Which probes time has yet to do something to. */
const PENDING = {
  overdue: ({ state }: Probe) => state === 'waiting',
  lost: ({ state }: Probe) => state === 'waiting' || state === 'overdue',
};

/**
 * The book of one target's probes in flight: told what left and what came back, it says what samples follow.
 * Pure: the moments come from outside, on one time line and never decreasing. Sequence numbers count up.
 */
export class InFlightProbes {
  private readonly probes = new Map<number, Probe>();
  private readonly overdueAge = new OverdueAge();
  /** Where to look next; probes fall due in the order of sending. */
  private readonly next = { overdue: 0, lost: 0, forgotten: 0 };
  private end = 0;

  constructor(
    private readonly target: TargetId,
    private readonly probe: string,
    private readonly timeoutMs: Millis,
  ) {}

  /** A probe left, `plannedAt` being its slot in the schedule. One that is known already stays as it is. */
  sent(seq: number, at: Millis, plannedAt: Millis = at): void {
    this.enter(seq, at, plannedAt, 'waiting');
  }

  /** Empty when the probe is unknown or forgotten. A reply to a probe that was already called lost is late. */
  answered(seq: number, knownAt: Millis, reply: Reply = {}): Sample[] {
    const probe = this.probes.get(seq);
    if (!probe || probe.state === 'unsent') return [];
    const rttMs = toMicros(reply.rttMs ?? knownAt - probe.at);
    if (probe.state === 'answered') return [this.sample(seq, probe, knownAt, { kind: 'duplicate', rttMs })];
    const before = rttMs > this.timeoutMs ? this.lost(seq, probe, knownAt) : [];
    const late = probe.state === 'lost';
    probe.state = 'answered';
    if (!late) this.overdueAge.reply(rttMs);
    const outcome: Outcome = {
      kind: 'reply',
      rttMs,
      ...(reply.ttl !== undefined && { ttl: reply.ttl }),
      ...(late && { late }),
      ...(reply.stamp && { stamp: reply.stamp }),
    };
    return [...before, this.sample(seq, probe, knownAt, outcome)];
  }

  /**
   * The network said that it could not deliver the probe. Anybody may say so: the probe waits on, and should it be lost,
   * that is why.
   */
  unreachable(seq: number, from?: string): void {
    const probe = this.probes.get(seq);
    if (probe && PENDING.lost(probe)) probe.refusal = from === undefined ? {} : { from };
  }

  /** The probe never left this machine. */
  unsent(seq: number, at: Millis, reason: string, plannedAt: Millis = at): Sample[] {
    const probe = this.probes.get(seq) ?? this.enter(seq, at, plannedAt, 'unsent');
    probe.state = 'unsent';
    return [this.sample(seq, probe, at, { kind: 'unsent', reason })];
  }

  /** A reply to the probe came from an address that we did not ask; the probe waits on. */
  unexpectedSource(seq: number, knownAt: Millis, from: string): Sample[] {
    const probe = this.probes.get(seq);
    return probe ? [this.sample(seq, probe, knownAt, { kind: 'foreign', from })] : [];
  }

  /** What the passing of time has done: probes overdue, then probes lost. */
  tick(now: Millis): Sample[] {
    const age = this.overdueAge.age(this.timeoutMs);
    const samples: Sample[] = [];
    if (age < this.timeoutMs)
      for (let probe = this.oldest('overdue'); probe && probe.at <= now - age; probe = this.oldest('overdue'))
        samples.push(this.overdue(this.next.overdue, probe, now));
    for (
      let probe = this.oldest('lost');
      probe && probe.at <= now - this.timeoutMs;
      probe = this.oldest('lost')
    )
      samples.push(...this.lost(this.next.lost, probe, now));
    this.forget(now - this.timeoutMs - REMEMBERED);
    return samples;
  }

  /** When the next probe is to be called overdue or lost; Infinity when none waits. */
  due(): Millis {
    const age = this.overdueAge.age(this.timeoutMs);
    const at = (cursor: keyof typeof PENDING) => this.oldest(cursor)?.at ?? Infinity;
    return Math.min(at('overdue') + age, at('lost') + this.timeoutMs);
  }

  private enter(seq: number, at: Millis, plannedAt: Millis, state: State): Probe {
    const known = this.probes.get(seq);
    if (known) return known;
    const lagMs = toMicros(at - plannedAt);
    const probe = { at: toMicros(at), state, ...(lagMs > WORTH_TELLING && { lagMs }) };
    this.probes.set(seq, probe);
    this.end = Math.max(this.end, seq + 1);
    return probe;
  }

  private overdue(seq: number, probe: Probe, now: Millis): Sample {
    probe.state = 'overdue';
    return this.sample(seq, probe, now, { kind: 'overdue', waitedMs: toMicros(now - probe.at) });
  }

  private lost(seq: number, probe: Probe, now: Millis): Sample[] {
    if (!PENDING.lost(probe)) return [];
    probe.state = 'lost';
    const reason = probe.refusal ? 'unreachable' : 'timeout';
    return [this.sample(seq, probe, now, { kind: 'lost', reason, ...probe.refusal })];
  }

  /** Moves a cursor on to the first probe that is still pending there. */
  private oldest(cursor: keyof typeof PENDING): Probe | undefined {
    for (; this.next[cursor] < this.end; this.next[cursor]++) {
      const probe = this.probes.get(this.next[cursor]);
      if (probe && PENDING[cursor](probe)) return probe;
    }
    return undefined;
  }

  private forget(sentBy: Millis): void {
    for (; this.next.forgotten < this.end; this.next.forgotten++) {
      const probe = this.probes.get(this.next.forgotten);
      if (probe && probe.at > sentBy) return;
      this.probes.delete(this.next.forgotten);
    }
  }

  private sample(seq: number, { at, lagMs }: Probe, knownAt: Millis, outcome: Outcome): Sample {
    return {
      at,
      knownAt: toMicros(knownAt),
      target: this.target,
      probe: this.probe,
      seq,
      outcome,
      ...(lagMs !== undefined && { lagMs }),
    };
  }
}
