import type { Millis, Sample } from '../../src/core/sample.js';
import { now } from '../../src/system/clock.js';
import type { ProbePlan, Prober, ProberPorts, ProbeTarget } from '../prober.js';
import { InFlightProbes } from './in-flight.js';
import { ordering } from './ordering.js';
import { nextSlot } from './schedule.js';

/** A sample carries its probe's lag if it is longer than this: the probe left late because this process was busy. */
const LAG_TOLERANCE_MS: Millis = 5;

/** Reports what became of one probe. Each call reads the clock. */
export interface ProbeReport {
  /** The probe leaves now. Without this call, it never left. */
  sent(): void;
  answered(ttl?: number): void;
  unreachable(from?: string): void;
  unsent(reason: string): void;
  unexpectedSource(from: string): void;
}

/** Sends the probes to one target: the part that differs between the probers that share this schedule. */
export interface ProbeSender {
  /** Sends a probe; `seq` counts up from 0. */
  send(report: ProbeReport, seq: number): void;
  readdress(address: string, family: 4 | 6): void;
  /** Releases everything. Nothing is reported afterwards. */
  close(): void;
}

/** Collects the samples of one turn of the event loop and emits them in the order in which they were known. */
export class SampleBatcher {
  private samples: Sample[] = [];
  private readonly inOrder = ordering();
  private turn: NodeJS.Immediate | undefined;

  constructor(private readonly emit: (samples: readonly Sample[]) => void) {}

  put(sample: Sample): void {
    this.samples.push(sample);
    this.turn ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.samples.length > 0) this.emit(this.inOrder(this.samples.splice(0)));
  }
}

/** Expires probes in flight whenever one of them falls due. */
export class DeadlineTimer {
  private timer: NodeJS.Timeout | undefined;
  private wakesAt: Millis = Infinity;

  constructor(
    private readonly probes: InFlightProbes,
    private readonly clock: () => Millis,
  ) {}

  /** Call it after every change of the probes. */
  update(): void {
    const due = this.probes.deadline;
    if (due >= this.wakesAt) return;
    clearTimeout(this.timer);
    this.wakesAt = due;
    // After a stall of ours, replies may wait unread: read them before their probes become overdue.
    this.timer = setTimeout(
      () => setImmediate(() => this.wake()),
      Math.max(1, Math.ceil(due - this.clock())),
    );
  }

  stop(): void {
    clearTimeout(this.timer);
    this.wakesAt = -Infinity;
  }

  private wake(): void {
    if (this.wakesAt === -Infinity) return;
    this.wakesAt = Infinity;
    this.probes.expire(this.clock());
    this.update();
  }
}

/** Probes one target, slot by slot. */
class PacedTarget {
  private readonly deadlineTimer: DeadlineTimer;
  private timer: NodeJS.Timeout | undefined;
  private seq = 0;
  private running = true;

  constructor(
    private readonly probes: InFlightProbes,
    private readonly sender: ProbeSender,
    private readonly clock: () => Millis,
    private readonly firstSlot: Millis,
    private readonly intervalMs: Millis,
  ) {
    this.deadlineTimer = new DeadlineTimer(probes, clock);
    this.sleepUntil(firstSlot);
  }

  readdress(address: string, family: 4 | 6): void {
    this.sender.readdress(address, family);
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.deadlineTimer.stop();
    this.sender.close();
  }

  private sleepUntil(slot: Millis): void {
    this.timer = setTimeout(() => this.wake(slot), Math.max(1, Math.ceil(slot - this.clock())));
  }

  private wake(slot: Millis): void {
    const woken = this.clock();
    if (woken < slot) {
      this.sleepUntil(slot);
      return;
    }
    this.probe(slot);
    this.sleepUntil(nextSlot(this.firstSlot, this.intervalMs, woken));
  }

  private probe(slot: Millis): void {
    const { probes, clock, seq } = this;
    const report = (change: () => void) => {
      if (!this.running) return;
      change();
      this.deadlineTimer.update();
    };
    const sent = () => {
      const at = clock();
      probes.sent(at, at - slot, seq);
    };
    const unsent = (reason: string) => {
      const at = clock();
      probes.unsent(at, at - slot, reason, seq);
    };
    this.seq++;
    this.sender.send(
      {
        sent: () => report(sent),
        answered: ttl => report(() => probes.reply(seq, clock(), ttl)),
        unreachable: from => report(() => probes.unreachable(seq, from)),
        unsent: reason => report(() => unsent(reason)),
        unexpectedSource: from => report(() => probes.unexpectedSource(seq, clock(), from)),
      },
      seq,
    );
  }
}

/**
 * Opens a prober whose probes leave on the schedule of the plan, each target on its own: slot k of a target is
 * `opening + phase + k·interval`; slots missed by a stall of ours are skipped and use up no sequence number.
 */
export function openPaced(
  probe: string,
  plan: ProbePlan,
  ports: Pick<ProberPorts, 'emit'>,
  senderOf: (target: ProbeTarget) => ProbeSender,
): Prober {
  const clock = () => now(plan.origin);
  const batcher = new SampleBatcher(samples => ports.emit(samples));
  const opening = clock();
  const start = (target: ProbeTarget, firstSlot: Millis) => {
    const { timeoutMs } = plan;
    const probes = new InFlightProbes(
      { target: target.id, probe, timeoutMs, lagToleranceMs: LAG_TOLERANCE_MS },
      sample => batcher.put(sample),
    );
    return new PacedTarget(probes, senderOf(target), clock, firstSlot, plan.intervalMs);
  };
  const targets = new Map(plan.targets.map(target => [target.id, start(target, opening + target.phaseMs)]));
  return {
    add: target =>
      void targets.set(
        target.id,
        start(target, nextSlot(opening + target.phaseMs, plan.intervalMs, clock())),
      ),
    remove: id => {
      targets.get(id)?.stop();
      targets.delete(id);
    },
    readdress: (id, address, family) => targets.get(id)?.readdress(address, family),
    stop: async () => {
      for (const target of targets.values()) target.stop();
      batcher.flush();
    },
  };
}
