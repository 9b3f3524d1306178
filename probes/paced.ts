import type { Millis, Sample } from '../src/core/sample.js';
import { now } from '../src/system/clock.js';
import { InFlightProbes, type Reply } from './in-flight.js';
import type { ProbePlan, Prober, ProberPorts, ProbeTarget } from './prober.js';
import { nextSlot } from './schedule.js';

/** What may become of one probe. The moments are read from the clock when it is told. */
export interface ProbeReport {
  /** The probe leaves now. Not called: it never left. */
  sent(): void;
  answered(reply?: Reply): void;
  unreachable(from?: string): void;
  unsent(reason: string): void;
  foreign(from: string): void;
}

/** One target as asked by one kind of probe: all that differs between the probers that share this schedule. */
export interface ProbeSender {
  /** Sends a probe; `seq` counts up from 0. */
  send(report: ProbeReport, seq: number): void;
  readdress(address: string, family: 4 | 6): void;
  /** Lets go of all it holds. Nothing is reported afterwards. */
  close(): void;
}

/** Collects what is found within one turn of the event loop, and hands it on in order. */
export class SampleBatcher {
  private samples: Sample[] = [];
  private turn: NodeJS.Immediate | undefined;

  constructor(private readonly emit: (samples: readonly Sample[]) => void) {}

  put(samples: readonly Sample[]): void {
    this.samples.push(...samples);
    if (this.samples.length > 0) this.turn ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.samples.length > 0) this.emit(this.samples.splice(0));
  }
}

/** Wakes a flight whenever one of its probes falls due. */
export class DeadlineTimer {
  private timer: NodeJS.Timeout | undefined;
  private wakesAt: Millis = Infinity;

  constructor(
    private readonly flight: InFlightProbes,
    private readonly clock: () => Millis,
    private readonly outbox: SampleBatcher,
  ) {}

  /** To be called after whatever may have changed when something falls due. */
  watch(): void {
    const due = this.flight.due();
    if (due >= this.wakesAt) return;
    clearTimeout(this.timer);
    this.wakesAt = due;
    // After a stall of ours replies may lie unread: let them be read before their probes are called overdue.
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
    this.outbox.put(this.flight.tick(this.clock()));
    this.watch();
  }
}

/** Asks one target, slot by slot. */
class PacedTarget {
  private readonly deadlineTimer: DeadlineTimer;
  private timer: NodeJS.Timeout | undefined;
  private seq = 0;
  private running = true;

  constructor(
    private readonly flight: InFlightProbes,
    private readonly asker: ProbeSender,
    private readonly clock: () => Millis,
    private readonly outbox: SampleBatcher,
    private readonly firstSlot: Millis,
    private readonly intervalMs: Millis,
  ) {
    this.deadlineTimer = new DeadlineTimer(flight, clock, outbox);
    this.sleepUntil(firstSlot);
  }

  readdress(address: string, family: 4 | 6): void {
    this.asker.readdress(address, family);
  }

  stop(): void {
    this.running = false;
    clearTimeout(this.timer);
    this.deadlineTimer.stop();
    this.asker.close();
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
    this.ask(slot);
    this.sleepUntil(nextSlot(this.firstSlot, this.intervalMs, woken));
  }

  private ask(slot: Millis): void {
    const { flight, clock, seq } = this;
    const tell = (samples: Sample[]) => {
      if (!this.running) return;
      this.outbox.put(samples);
      this.deadlineTimer.watch();
    };
    this.seq++;
    this.asker.send(
      {
        sent: () => {
          flight.sent(seq, clock(), slot);
          tell([]);
        },
        answered: reply => tell(flight.answered(seq, clock(), reply)),
        unreachable: from => flight.unreachable(seq, from),
        unsent: reason => tell(flight.unsent(seq, clock(), reason, slot)),
        foreign: from => tell(flight.unexpectedSource(seq, clock(), from)),
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
  asker: (target: ProbeTarget) => ProbeSender,
): Prober {
  const clock = () => now(plan.origin);
  const outbox = new SampleBatcher(samples => ports.emit(samples));
  const opening = clock();
  const begin = (target: ProbeTarget, firstSlot: Millis) => {
    const flight = new InFlightProbes(target.id, probe, plan.timeoutMs);
    return new PacedTarget(flight, asker(target), clock, outbox, firstSlot, plan.intervalMs);
  };
  const targets = new Map(plan.targets.map(target => [target.id, begin(target, opening + target.phaseMs)]));
  return {
    add: target =>
      void targets.set(
        target.id,
        begin(target, nextSlot(opening + target.phaseMs, plan.intervalMs, clock())),
      ),
    remove: id => {
      targets.get(id)?.stop();
      targets.delete(id);
    },
    readdress: (id, address, family) => targets.get(id)?.readdress(address, family),
    stop: async () => {
      for (const target of targets.values()) target.stop();
      outbox.flush();
    },
  };
}
