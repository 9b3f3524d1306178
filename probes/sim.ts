import { type Options, resolveOptions } from '../src/core/options.js';
import { monotonicNow } from '../src/system/clock.js';
import { type Asker, openPaced, type Report } from './paced.js';
import type { Backend } from './prober.js';
import { SimulatedVm } from './sim/model.js';

const options = {
  seed: { default: 1, unit: '', help: "of the noise; the VM's name adds to it", min: 0, max: 2 ** 31 },
  rtt: { default: 0.9, unit: 'ms', help: 'median RTT', min: 0.001, max: 60_000 },
  blackout: { default: 350, unit: 'ms', help: 'how long the guest stands still', min: 0, max: 10_000 },
  first: {
    default: 6000,
    unit: 'ms',
    help: 'first migration begins, its blackout 4 to 6 s later',
    min: 0,
    max: 86_400_000,
  },
  every: {
    default: 45_000,
    unit: 'ms',
    help: 'from one migration to the next',
    min: 20_000,
    max: 86_400_000,
  },
  loss: { default: 0, unit: '%', help: 'background loss', min: 0, max: 100 },
};

/** Answers a probe when the model says that the VM would. */
class SimAsker implements Asker {
  private readonly pending = new Set<NodeJS.Timeout>();
  private readonly startedAt = monotonicNow();

  constructor(private readonly vm: SimulatedVm) {}

  ask(report: Report, seq: number): void {
    report.sent();
    const rttMs = this.vm.rtt(monotonicNow() - this.startedAt, seq);
    if (rttMs === undefined) return;
    const timer = setTimeout(
      () => {
        this.pending.delete(timer);
        report.answered({ rttMs, ttl: 64 });
      },
      Math.max(1, Math.ceil(rttMs)),
    );
    this.pending.add(timer);
  }

  readdress(): void {}

  close(): void {
    for (const timer of this.pending) clearTimeout(timer);
  }
}

function vmNamed(
  name: string,
  { seed, rtt, blackout, first, every, loss }: Options<typeof options>,
): SimulatedVm {
  return new SimulatedVm({
    seed: seed + hash(name),
    rttMs: rtt,
    blackoutMs: blackout,
    firstMs: first,
    everyMs: every,
    lossPercent: loss,
  });
}

/** FNV-1a, so that VMs of different names migrate at different moments. */
function hash(text: string): number {
  return [...text].reduce((sum, char) => Math.imul(sum ^ char.codePointAt(0)!, 0x01000193) >>> 0, 0x811c9dc5);
}

/** A made-up VM on a real schedule: for a first look, a demonstration or a test of the screens; never for a verdict. */
export const sim: Backend = {
  name: 'sim',
  probe: 'sim',
  summary: 'a simulated VM that migrates: nothing leaves this machine',
  needs: 'nothing',
  options,
  check: async () => ({ allowed: true }),
  open: async (plan, ports) =>
    openPaced(
      'sim',
      plan,
      ports,
      target => new SimAsker(vmNamed(target.address, { ...resolveOptions('sim', options), ...plan.options })),
    ),
};
