import { type Millis, type Sample, type TargetId, toMicros } from '../../src/core/sample.js';
import { InFlightProbes } from '../timing/in-flight.js';
import type { SimulatedVm } from './model.js';

interface Schedule {
  /** When the VM was started. */
  bornAt: Millis;
  firstSlot: Millis;
  intervalMs: Millis;
  timeoutMs: Millis;
}

/** Probes a simulated VM, slot by slot. Pure: time is an input. */
export class SimulatedPath {
  private readonly probes: InFlightProbes;
  private samples: Sample[] = [];
  /** Replies on their way, the earliest first. */
  private readonly replies: { at: Millis; seq: number; rttMs: Millis }[] = [];
  private seq = 0;
  /** Slots so far. Skipped ones used up no sequence number. */
  private slots = 0;

  constructor(
    target: TargetId,
    private readonly vm: SimulatedVm,
    private readonly schedule: Schedule,
  ) {
    const { timeoutMs } = schedule;
    this.probes = new InFlightProbes({ target, probe: 'sim', timeoutMs, lagToleranceMs: Infinity }, sample =>
      this.samples.push(sample),
    );
  }

  /** The samples whose outcomes were known by `until`, in that order. */
  advance(until: Millis): Sample[] {
    const { probes, replies } = this;
    for (;;) {
      const [slot, answer, due] = [this.slot, replies[0]?.at ?? Infinity, probes.deadline];
      const next = Math.min(slot, answer, due);
      if (next > until) return this.samples.splice(0);
      if (next === slot) this.send(slot);
      else if (next === answer) {
        const { at, seq, rttMs } = replies.shift()!;
        probes.measuredReply(seq, at, toMicros(rttMs), 64);
      } else probes.expire(due);
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
    this.replies.push({ at: at + rttMs, seq, rttMs });
    this.replies.sort((a, b) => a.at - b.at);
  }
}
