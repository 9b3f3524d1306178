import {
  type Millis,
  type Outcome,
  type Sample,
  type Stamp,
  type TargetId,
  toMicros,
} from '../../src/core/sample.js';
import { OverdueAge } from './overdue-age.js';
import { ProbeRing } from './probe-ring.js';
import { bestRtt, type Times } from './rtt.js';

/** How long after its timeout a probe is kept: a late reply is still evidence. */
const KEPT_MS: Millis = 10_000;

/**
 * A probe that left this long after it was sent was held back in this machine, for example while the target's hardware
 * address was resolved. It counts as sent when the kernel stamped it, and the delay counts as lag.
 */
const HELD_BACK_MS: Millis = 5;

const SENT = 1;
const OVERDUE = 2;
const LOST = 4;
const ANSWERED = 8;
const DUPLICATED = 16;
const UNEXPECTED_SOURCE = 32;
const NONE = Number.NaN;

export interface InFlightPlan {
  target: TargetId;
  /** The prober's name, as in the samples. */
  probe: string;
  timeoutMs: Millis;
  /** A sample carries its probe's lag if it is longer than this. */
  lagToleranceMs: Millis;
}

/**
 * The probes of one target that are in flight, or were lately: turns sent probes, replies and elapsed time into samples.
 * Pure: times are inputs, in ms on the session's time line.
 * A probe has at most one duplicate and one reply from an unexpected source, which bounds a flood of either.
 * A lost probe's outcome is known at its timeout, even if `expire` is called later: sort the samples before you emit them.
 */
export class InFlightProbes {
  /** The sequence number of the next probe, unless its sender chooses the numbers. */
  next = 0;
  private readonly age = new OverdueAge();
  private readonly ring = new ProbeRing();
  /** The oldest probes that may still become overdue, and lost. */
  private overdueSeq = 0;
  private lostSeq = 0;
  private silentSince = 0;
  /** Waiting probes that were reported as undeliverable, and the address that reported it; undefined if unknown. */
  private readonly refusals = new Map<number, string | undefined>();

  constructor(
    private readonly plan: InFlightPlan,
    private readonly emit: (sample: Sample) => void,
  ) {}

  /** A probe was sent at `at`, `lag` later than planned. Does nothing for a number that was sent already. */
  sent(at: Millis, lag: Millis, seq = this.next): void {
    if (seq >= this.next || this.isUnused(seq)) this.record(seq, at, lag, SENT);
  }

  /** A probe did not leave this machine, at once or after it was `sent`. */
  unsent(at: Millis, lag: Millis, reason: string, seq = this.next): void {
    if (this.isKept(seq)) this.ring.state[seq & this.ring.mask] = 0;
    else this.record(seq, at, lag, 0);
    this.emitOutcome(seq, at, { kind: 'unsent', reason });
  }

  /** The kernel's time of sending, on the kernel's clock. */
  stamp(seq: number, kernelAt: Millis): void {
    if (this.isKept(seq)) this.ring.kernelSentAt[seq & this.ring.mask] = kernelAt;
  }

  /**
   * A reply from the right address was read at `readAt`. The kernel stamped it at `kernelAt` on its own clock, `kernelAge`
   * before it was read; both are NaN without a stamp.
   */
  reply(seq: number, readAt: Millis, ttl = NONE, kernelAt: Millis = NONE, kernelAge: Millis = NONE): void {
    if (!this.isKept(seq)) return;
    const slot = seq & this.ring.mask;
    const userMs = readAt - this.ring.sentAt[slot]!;
    const times: Times = {
      userMs,
      kernelMs: kernelAt - this.ring.kernelSentAt[slot]!,
      kernelRxMs: userMs - kernelAge,
    };
    const { rttMs, stamp } = bestRtt(times);
    const heldBackMs = times.kernelRxMs - rttMs;
    // A reply that seems to have come after it was read was stamped before the kernel's clock was set back.
    if (stamp === 'kernel' && heldBackMs > HELD_BACK_MS && times.kernelRxMs <= userMs) {
      this.ring.sentAt[slot]! += heldBackMs;
      this.ring.lag[slot]! += heldBackMs;
    }
    this.measuredReply(seq, this.ring.sentAt[slot]! + rttMs, rttMs, ttl, stamp);
  }

  /** A reply whose RTT another program measured. A TTL of NaN is unknown. */
  measuredReply(seq: number, knownAt: Millis, rttMs: Millis, ttl = NONE, stamp?: Stamp): void {
    const { timeoutMs } = this.plan;
    if (!this.isKept(seq) || rttMs > timeoutMs + KEPT_MS) return;
    const slot = seq & this.ring.mask;
    if (this.ring.state[slot]! & ANSWERED) {
      if (this.first(seq, DUPLICATED)) this.emitOutcome(seq, knownAt, { kind: 'duplicate', rttMs });
      return;
    }
    if (rttMs >= timeoutMs) this.lose(seq);
    const late = (this.ring.state[slot]! & LOST) !== 0;
    this.ring.state[slot]! |= ANSWERED;
    this.refusals.delete(seq);
    this.silentSince = this.next;
    if (!late) this.age.reply(rttMs);
    const reply: Extract<Outcome, { kind: 'reply' }> = { kind: 'reply', rttMs };
    if (!Number.isNaN(ttl)) reply.ttl = ttl;
    if (late) reply.late = late;
    if (stamp !== undefined) reply.stamp = stamp;
    this.emitOutcome(seq, knownAt, reply);
  }

  /** A reply came from an address that was not probed. The probe keeps waiting. */
  unexpectedSource(seq: number, at: Millis, from: string): void {
    if (this.isKept(seq) && this.first(seq, UNEXPECTED_SOURCE))
      this.emitOutcome(seq, at, { kind: 'foreign', from });
  }

  /**
   * The probe was reported as undeliverable. Anybody can send such a report, so the probe keeps waiting; if it is lost, the
   * report is the reason.
   */
  unreachable(seq: number, from?: string): void {
    if (this.isKept(seq) && this.isWaiting(seq)) this.refusals.set(seq, from);
  }

  /** The newest full number that ends in these 16 bits. A probe with this number may never have been sent. */
  fullSeq(wireSeq: number): number {
    const newest = this.next - 1;
    return newest - ((newest - wireSeq) & 0xffff);
  }

  /** Emits the probes that are overdue or lost at `now`. Report all earlier replies first. */
  expire(now: Millis): void {
    for (; this.overdueSeq < this.next; this.overdueSeq++) {
      if (!this.isWaiting(this.overdueSeq)) continue;
      if (now < this.overdueAt(this.overdueSeq)) break;
      const waitedMs = now - this.ring.sentAt[this.overdueSeq & this.ring.mask]!;
      if (waitedMs < this.plan.timeoutMs && this.first(this.overdueSeq, OVERDUE))
        this.emitOutcome(this.overdueSeq, now, { kind: 'overdue', waitedMs: toMicros(waitedMs) });
    }
    for (; this.lostSeq < this.next; this.lostSeq++) {
      if (!this.isWaiting(this.lostSeq)) continue;
      if (now < this.lostAt(this.lostSeq)) break;
      this.lose(this.lostSeq);
    }
  }

  /** When `expire` has to be called again; Infinity when no probe waits. */
  get deadline(): Millis {
    while (this.overdueSeq < this.next && !this.isWaiting(this.overdueSeq)) this.overdueSeq++;
    while (this.lostSeq < this.next && !this.isWaiting(this.lostSeq)) this.lostSeq++;
    const overdue = this.overdueSeq < this.next ? this.overdueAt(this.overdueSeq) : Infinity;
    return this.lostSeq < this.next ? Math.min(overdue, this.lostAt(this.lostSeq)) : Infinity;
  }

  /** How many probes were sent since the last reply. */
  get silence(): number {
    return this.next - this.silentSince;
  }

  private record(seq: number, at: Millis, lag: Millis, state: number): void {
    for (; this.next <= seq; this.next++) this.makeRoom(at);
    const slot = seq & this.ring.mask;
    this.ring.sentAt[slot] = at;
    this.ring.lag[slot] = lag;
    this.ring.state[slot] = state;
    this.overdueSeq = Math.min(this.overdueSeq, seq);
    this.lostSeq = Math.min(this.lostSeq, seq);
  }

  /** Empties the slot of the next number. The ring grows first if the probe in that slot waits, or has to be kept at `at`. */
  private makeRoom(at: Millis): void {
    const { ring, next } = this;
    const before = next - ring.mask - 1;
    const keptSince = at - this.plan.timeoutMs - KEPT_MS;
    if (before >= 0 && (this.isWaiting(before) || ring.sentAt[next & ring.mask]! > keptSince))
      ring.grow(next);
    const slot = next & ring.mask;
    ring.sentAt[slot] = ring.kernelSentAt[slot] = NONE;
    ring.state[slot] = 0;
  }

  private isInRing(seq: number): boolean {
    return seq < this.next && seq >= this.next - this.ring.mask - 1;
  }

  private isKept(seq: number): boolean {
    return this.isInRing(seq) && (this.ring.state[seq & this.ring.mask]! & SENT) !== 0;
  }

  /** Whether a sender that chooses the numbers has skipped this one so far. */
  private isUnused(seq: number): boolean {
    return this.isInRing(seq) && Number.isNaN(this.ring.sentAt[seq & this.ring.mask]!);
  }

  private isWaiting(seq: number): boolean {
    return (this.ring.state[seq & this.ring.mask]! & (SENT | LOST | ANSWERED)) === SENT;
  }

  private overdueAt(seq: number): Millis {
    return this.ring.sentAt[seq & this.ring.mask]! + this.age.age(this.plan.timeoutMs);
  }

  private lostAt(seq: number): Millis {
    return this.ring.sentAt[seq & this.ring.mask]! + this.plan.timeoutMs;
  }

  private lose(seq: number): void {
    if (!this.first(seq, LOST)) return;
    const from = this.refusals.get(seq);
    const reason = this.refusals.delete(seq) ? 'unreachable' : 'timeout';
    this.emitOutcome(seq, this.lostAt(seq), {
      kind: 'lost',
      reason,
      ...(from === undefined ? {} : { from }),
    });
  }

  /** Sets a flag of a probe. Returns whether it was not set before. */
  private first(seq: number, flag: number): boolean {
    const slot = seq & this.ring.mask;
    if (this.ring.state[slot]! & flag) return false;
    this.ring.state[slot]! |= flag;
    return true;
  }

  private emitOutcome(seq: number, knownAt: Millis, outcome: Outcome): void {
    const slot = seq & this.ring.mask;
    const lag = this.ring.lag[slot]!;
    const { target, probe, lagToleranceMs } = this.plan;
    const at = toMicros(this.ring.sentAt[slot]!);
    const sample: Sample = { at, knownAt: toMicros(knownAt), target, probe, seq, outcome };
    if (lag > lagToleranceMs) sample.lagMs = toMicros(lag);
    this.emit(sample);
  }
}
