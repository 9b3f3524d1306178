import { type Millis, type Outcome, type Sample, type TargetId, toMicros } from '../../src/core/sample.js';
import { InFlightProbes } from '../timing/in-flight.js';
import type { SimulatedVm } from './model.js';

interface Schedule {
  /** When the VM was started. */
  bornAt: Millis;
  firstSlot: Millis;
  intervalMs: Millis;
  timeoutMs: Millis;
  /** From one reading of the clock to the next; 0 for none. */
  clockMs: Millis;
}

/** The answer to a probe on its way. */
interface Answer {
  at: Millis;
  sentAt: Millis;
  seq: number;
  rttMs: Millis;
}

interface Frame {
  migration: number;
  number: number;
  at: Millis;
}

/** Probes a simulated VM, slot by slot, reads its clock and receives its announcements. Pure: time is an input. */
export class SimulatedPath {
  private readonly probes: InFlightProbes;
  private samples: Sample[] = [];
  /** Replies on their way, the earliest first. */
  private readonly replies: Answer[] = [];
  private seq = 0;
  private clockSeq = 0;
  private clockDueAt = -Infinity;
  private frames = 0;
  /** The next announcement: of which migration, its number, and when it arrives. */
  private frame: Frame;
  /** Slots so far. Skipped ones used up no sequence number. */
  private slots = 0;

  constructor(
    private readonly target: TargetId,
    private readonly vm: SimulatedVm,
    private readonly schedule: Schedule,
  ) {
    const { timeoutMs } = schedule;
    this.probes = new InFlightProbes({ target, probe: 'sim', timeoutMs, lagToleranceMs: Infinity }, sample =>
      this.samples.push(sample),
    );
    this.frame = this.firstFrame(0);
  }

  /** The samples whose outcomes were known by `until`, in that order. */
  advance(until: Millis): Sample[] {
    const { probes, replies } = this;
    for (;;) {
      const [slot, answer, due] = [this.slot, replies[0]?.at ?? Infinity, probes.deadline];
      const next = Math.min(slot, answer, due, this.frame.at);
      if (next > until) return this.samples.splice(0);
      if (next === slot) this.send(slot);
      else if (next === answer) this.answered(replies.shift()!);
      else if (next === this.frame.at) this.announced(this.frame);
      else probes.expire(due);
    }
  }

  /** Slots before that moment are missed, because the prober was stalled. */
  skipTo(moment: Millis): void {
    const { firstSlot, intervalMs } = this.schedule;
    this.slots = Math.max(this.slots, Math.ceil((moment - firstSlot) / intervalMs));
  }

  private get slot(): Millis {
    return this.schedule.firstSlot + this.slots * this.schedule.intervalMs;
  }

  private send(at: Millis): void {
    const seq = this.seq++;
    this.slots++;
    this.probes.sent(at, 0, seq);
    const rttMs = this.vm.rtt(at - this.schedule.bornAt, seq);
    if (rttMs === undefined) return;
    this.replies.push({ at: at + rttMs, sentAt: at, seq, rttMs });
    this.replies.sort((a, b) => a.at - b.at);
  }

  /** The reply, and a reading of the clock if one is due: both are asked for in the same slot. */
  private answered({ at, sentAt, seq, rttMs }: Answer): void {
    const { bornAt, clockMs } = this.schedule;
    this.probes.measuredReply(seq, at, toMicros(rttMs), 64);
    if (clockMs === 0 || sentAt < this.clockDueAt) return;
    this.clockDueAt = sentAt + clockMs;
    const offsetMs = toMicros(this.vm.clockOffset(sentAt + rttMs / 2 - bornAt, seq, rttMs));
    const outcome = { kind: 'clock', offsetMs, rttMs: toMicros(rttMs), via: 'icmp' } as const;
    this.seen('clock', this.clockSeq++, sentAt, at, outcome);
  }

  private announced({ migration, number, at }: Frame): void {
    const outcome = { kind: 'announce', via: 'rarp', mac: this.vm.mac, gratuitous: true } as const;
    this.seen('announce', this.frames++, at, at, outcome);
    this.frame = this.frameOf(migration, number + 1) ?? this.firstFrame(migration + 1);
  }

  private seen(probe: string, seq: number, sentAt: Millis, knownAt: Millis, outcome: Outcome): void {
    const { target } = this;
    this.samples.push({ target, probe, seq, at: toMicros(sentAt), knownAt: toMicros(knownAt), outcome });
  }

  private frameOf(migration: number, number: number): Frame | undefined {
    const sinceMs = this.vm.announcement(migration, number);
    return sinceMs === undefined ? undefined : { migration, number, at: this.schedule.bornAt + sinceMs };
  }

  /** That of a migration; it never arrives if none is sent. */
  private firstFrame(migration: number): Frame {
    return this.frameOf(migration, 0) ?? { migration, number: 0, at: Infinity };
  }
}
