import type { Millis, Sample, TargetId } from '../../src/core/sample.js';
import { InFlightProbes } from '../in-flight.js';
import type { SimulatedVm } from './model.js';

interface Schedule {
  /** When the VM was started. */
  bornAt: Millis;
  firstSlot: Millis;
  intervalMs: Millis;
  timeoutMs: Millis;
}

/** What is due at a moment is done right after it, beyond what a number of that size can resolve. */
const AFTER: Millis = 0.001;

/** A simulated VM as it is probed, one slot after the other. Pure: told a moment, it tells what is known by then. */
export class SimulatedPath {
  private readonly flight: InFlightProbes;
  /** On their way, the soonest first. */
  private readonly replies: { at: Millis; seq: number; rttMs: Millis }[] = [];
  private seq = 0;
  /** Slots that came by so far; those that were skipped used up no sequence number. */
  private slots = 0;

  constructor(
    target: TargetId,
    private readonly vm: SimulatedVm,
    private readonly schedule: Schedule,
  ) {
    this.flight = new InFlightProbes(target, 'sim', schedule.timeoutMs);
  }

  /** What became known until a moment, in that order. */
  advance(until: Millis): Sample[] {
    const { flight, replies } = this;
    const samples: Sample[] = [];
    for (;;) {
      const [slot, answer, due] = [this.slot, replies[0]?.at ?? Infinity, flight.due()];
      const next = Math.min(slot, answer, due);
      if (next > until) return samples;
      if (next === slot) this.send(slot);
      else if (next === answer) {
        const { at, seq, rttMs } = replies.shift()!;
        samples.push(...flight.answered(seq, at, { rttMs, ttl: 64 }));
      } else samples.push(...flight.tick(due + AFTER));
    }
  }

  /** Slots before that moment are missed: whoever probes stood still. */
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
    this.flight.sent(seq, at);
    const rttMs = this.vm.rtt(at - this.schedule.bornAt, seq);
    if (rttMs === undefined) return;
    this.replies.push({ at: at + rttMs, seq, rttMs });
    this.replies.sort((a, b) => a.at - b.at);
  }
}
