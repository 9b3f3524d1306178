import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../src/core/sample.js';
import { OverdueAge } from '../overdue-age.js';
import { bestRtt, type Times } from './rtt.js';

/** How long after its timeout a probe is remembered, so that a late reply is still known. */
export const MEMORY_MS: Millis = 10_000;

/**
 * A probe that left so much later than we sent it was held back in this machine, as all are while the target's
 * hardware address is asked for: it was sent when the kernel stamped it.
 */
const HELD_BACK_MS: Millis = 5;

const SENT = 1;
const OVERDUE = 2;
const LOST = 4;
const ANSWERED = 8;
const DUPLICATED = 16;
const FOREIGN = 32;

export interface InFlightPlan {
  target: TargetId;
  intervalMs: Millis;
  timeoutMs: Millis;
}

/**
 * The probes of one target that are under way, or were lately, and what becomes of each. Pure: told what happened
 * when, in ms of the session's time line, it says so as samples.
 * A probe has at most one duplicate and one foreign reply told, so that a storm of either stays a remark.
 */
export class InFlightProbes {
  /** The number that the next probe bears. */
  next = 0;
  private readonly age = new OverdueAge();
  private readonly mask: number;
  private readonly sentAt: Float64Array;
  private readonly kernelSentAt: Float64Array;
  private readonly lag: Float64Array;
  private readonly state: Uint8Array;
  /** The oldest probes that may still become overdue, and lost. */
  private overdueSeq = 0;
  private lostSeq = 0;
  private silentSince = 0;
  /** Who said of a probe that waits that it can't be delivered. */
  private readonly refusals = new Map<number, string>();

  constructor(
    private readonly plan: InFlightPlan,
    private readonly emit: (sample: Sample) => void,
  ) {
    const remembered = Math.ceil((plan.timeoutMs + MEMORY_MS) / plan.intervalMs) + 1;
    const size = 2 ** Math.ceil(Math.log2(remembered));
    this.mask = size - 1;
    this.sentAt = new Float64Array(size);
    this.kernelSentAt = new Float64Array(size);
    this.lag = new Float64Array(size);
    this.state = new Uint8Array(size);
  }

  /** The next probe is on its way. `lag` is NaN where it is not worth telling. */
  sent(at: Millis, lag: Millis): void {
    this.record(at, lag, SENT);
  }

  /** The next probe could not be sent. */
  unsent(at: Millis, lag: Millis, reason: string): void {
    const seq = this.record(at, lag, 0);
    this.emitOutcome(seq, at, { kind: 'unsent', reason });
  }

  /** The kernel's time of sending, on the kernel's clock. */
  stamp(seq: number, kernelAt: Millis): void {
    if (this.remembers(seq)) this.kernelSentAt[seq & this.mask] = kernelAt;
  }

  /**
   * A reply of the right address was read at `readAt`; `kernelAge` is how long before that the kernel stamped it
   * `kernelAt`, on its own clock; NaN where it did not.
   */
  reply(seq: number, readAt: Millis, kernelAt: Millis, kernelAge: Millis, ttl: number): void {
    if (!this.remembers(seq)) return;
    const slot = seq & this.mask;
    const userMs = readAt - this.sentAt[slot]!;
    const times: Times = {
      userMs,
      kernelMs: kernelAt - this.kernelSentAt[slot]!,
      kernelRxMs: userMs - kernelAge,
    };
    const { rttMs, stamp } = bestRtt(times);
    const heldBackMs = times.kernelRxMs - rttMs;
    // A reply that seems to have come after it was read was stamped before the kernel's clock was set back.
    if (stamp === 'kernel' && heldBackMs > HELD_BACK_MS && times.kernelRxMs <= userMs)
      this.sentAt[slot]! += heldBackMs;
    const knownAt = this.sentAt[slot]! + rttMs;
    if (this.state[slot]! & ANSWERED) {
      if (this.first(seq, DUPLICATED)) this.emitOutcome(seq, knownAt, { kind: 'duplicate', rttMs });
      return;
    }
    if (rttMs >= this.plan.timeoutMs) this.lose(seq);
    const late = (this.state[slot]! & LOST) !== 0;
    this.state[slot]! |= ANSWERED;
    this.refusals.delete(seq);
    this.silentSince = this.next;
    if (!late) this.age.reply(rttMs);
    this.emitOutcome(seq, knownAt, {
      kind: 'reply',
      rttMs,
      ...(Number.isNaN(ttl) ? {} : { ttl }),
      ...(late ? { late } : {}),
      stamp,
    });
  }

  /** A reply came from an address that was not asked. */
  unexpectedSource(seq: number, at: Millis, from: string): void {
    if (this.remembers(seq) && this.first(seq, FOREIGN)) this.emitOutcome(seq, at, { kind: 'foreign', from });
  }

  /**
   * Somebody said that the probe can't be delivered. Anybody may say so: the probe waits on, and should it be lost, that
   * is why.
   */
  unreachable(seq: number, from: string): void {
    if (this.remembers(seq) && this.waiting(seq)) this.refusals.set(seq, from);
  }

  /** The newest probe's full number that ends in these 16 bits; maybe of a probe never sent. */
  fullSeq(wireSeq: number): number {
    const newest = this.next - 1;
    return newest - ((newest - wireSeq) & 0xffff);
  }

  /** Tells what is overdue and what is lost at `now`. All that was answered before must have been told. */
  expire(now: Millis): void {
    for (; this.overdueSeq < this.next; this.overdueSeq++) {
      const waitedMs = now - this.sentAt[this.overdueSeq & this.mask]!;
      if (!this.waiting(this.overdueSeq)) continue;
      if (now < this.overdueAt(this.overdueSeq)) break;
      if (waitedMs < this.plan.timeoutMs && this.first(this.overdueSeq, OVERDUE))
        this.emitOutcome(this.overdueSeq, now, { kind: 'overdue', waitedMs: toMicros(waitedMs) });
    }
    for (; this.lostSeq < this.next; this.lostSeq++) {
      if (!this.waiting(this.lostSeq)) continue;
      if (now < this.lostAt(this.lostSeq)) break;
      this.lose(this.lostSeq);
    }
  }

  /** When `expire` has to be called again. */
  get deadline(): Millis {
    while (this.overdueSeq < this.next && !this.waiting(this.overdueSeq)) this.overdueSeq++;
    while (this.lostSeq < this.next && !this.waiting(this.lostSeq)) this.lostSeq++;
    const overdue = this.overdueSeq < this.next ? this.overdueAt(this.overdueSeq) : Infinity;
    return this.lostSeq < this.next ? Math.min(overdue, this.lostAt(this.lostSeq)) : Infinity;
  }

  /** How many probes were sent since the last reply. */
  get silence(): number {
    return this.next - this.silentSince;
  }

  private record(at: Millis, lag: Millis, state: number): number {
    const seq = this.next++;
    const slot = seq & this.mask;
    this.sentAt[slot] = at;
    this.kernelSentAt[slot] = Number.NaN;
    this.lag[slot] = lag;
    this.state[slot] = state;
    return seq;
  }

  private remembers(seq: number): boolean {
    const recent = seq < this.next && seq >= this.next - this.mask - 1;
    return recent && (this.state[seq & this.mask]! & SENT) !== 0;
  }

  private waiting(seq: number): boolean {
    return (this.state[seq & this.mask]! & (SENT | LOST | ANSWERED)) === SENT;
  }

  private overdueAt(seq: number): Millis {
    return this.sentAt[seq & this.mask]! + this.age.age(this.plan.timeoutMs);
  }

  private lostAt(seq: number): Millis {
    return this.sentAt[seq & this.mask]! + this.plan.timeoutMs;
  }

  private lose(seq: number): void {
    if (!this.first(seq, LOST)) return;
    const from = this.refusals.get(seq);
    this.refusals.delete(seq);
    const why =
      from === undefined ? ({ reason: 'timeout' } as const) : ({ reason: 'unreachable', from } as const);
    this.emitOutcome(seq, this.lostAt(seq), { kind: 'lost', ...why });
  }

  /** Whether this is new of a probe; from now on it is not. */
  private first(seq: number, flag: number): boolean {
    const slot = seq & this.mask;
    if (this.state[slot]! & flag) return false;
    this.state[slot]! |= flag;
    return true;
  }

  private emitOutcome(seq: number, knownAt: Millis, outcome: Outcome): void {
    const slot = seq & this.mask;
    const lag = this.lag[slot]!;
    this.emit({
      at: toMicros(this.sentAt[slot]!),
      knownAt: toMicros(knownAt),
      target: this.plan.target,
      probe: 'icmp',
      seq,
      outcome,
      ...(Number.isNaN(lag) ? {} : { lagMs: toMicros(lag) }),
    });
  }
}
