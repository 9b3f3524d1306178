import { type Options, resolveOptions } from '../src/core/validation/options.js';
import { now } from '../src/system/clock.js';
import type { Backend, ProbePlan, Prober, ProberPorts, ProbeTarget } from './prober.js';
import { SimulatedVm } from './sim/model.js';
import { SimulatedPath } from './sim/path.js';
import { nextSlot } from './timing/schedule.js';

/** How often samples are emitted, and how long a turn may be late before its probes count as not sent. */
const TURN_MS = 10;
const STALL_MS = 500;

const options = {
  seed: { default: 1, unit: '', help: "of the noise; the VM's name adds to it", min: 0, max: 2 ** 31 },
  rtt: { default: 0.9, unit: 'ms', help: 'median RTT', min: 0.001, max: 60_000 },
  blackout: { default: 350, unit: 'ms', help: 'how long the guest stands still', min: 0, max: 10_000 },
  first: {
    default: 6000,
    unit: 'ms',
    help: 'start of the first migration; its blackout follows after 4 to 6 s',
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
  clock: {
    default: 100,
    unit: 'ms',
    help: "from one reading of the guest's clock to the next; 0: its clock can't be read",
    min: 0,
    max: 10_000,
  },
  announce: {
    default: 5,
    unit: '',
    help: 'frames that announce each migration; 0: none',
    min: 0,
    max: 20,
  },
};

function vmNamed(
  name: string,
  { seed, rtt, blackout, first, every, loss, announce }: Options<typeof options>,
): SimulatedVm {
  return new SimulatedVm({
    seed: seed + hash(name),
    rttMs: rtt,
    blackoutMs: blackout,
    firstMs: first,
    everyMs: every,
    lossPercent: loss,
    announcements: announce,
  });
}

/** FNV-1a, so that VMs of different names migrate at different moments. */
function hash(text: string): number {
  return [...text].reduce((sum, char) => Math.imul(sum ^ char.codePointAt(0)!, 0x01000193) >>> 0, 0x811c9dc5);
}

/** Plays each VM from turn to turn, as fast as the session's time passes. */
function open(plan: ProbePlan, ports: Pick<ProberPorts, 'emit'>): Prober {
  const clock = () => now(plan.origin);
  const opening = clock();
  const start = (target: ProbeTarget, bornAt: number, firstSlot: number) => {
    const settings = { ...resolveOptions('sim', options), ...plan.options };
    const vm = vmNamed(target.address, settings);
    return new SimulatedPath(target.id, vm, { ...plan, bornAt, firstSlot, clockMs: settings.clock });
  };
  const paths = new Map(
    plan.targets.map(target => [target.id, start(target, opening, opening + target.phaseMs)]),
  );
  let emittedUntil = opening;
  const timer = setInterval(() => {
    const { speed } = plan.origin;
    const longest = STALL_MS * speed;
    const isStalled = clock() - emittedUntil > longest;
    // At another speed, half a second of a busy machine is minutes: they come later, and none is left out.
    const until = isStalled && speed !== 1 ? emittedUntil + longest : clock();
    if (isStalled && speed === 1) for (const path of paths.values()) path.skipTo(until);
    emittedUntil = until;
    const samples = [...paths.values()].flatMap(path => path.advance(until));
    if (samples.length > 0) ports.emit(samples.sort((a, b) => a.knownAt - b.knownAt));
  }, TURN_MS);
  return {
    add: target => {
      const at = clock();
      const firstSlot = nextSlot(opening + target.phaseMs, plan.intervalMs, at);
      paths.set(target.id, start(target, at, firstSlot));
    },
    remove: id => void paths.delete(id),
    readdress: () => {},
    stop: async () => clearInterval(timer),
  };
}

/** A simulated VM, at any speed: for a first look, a demonstration or a test of the screens. Not for scoring detectors. */
export const sim: Backend = {
  name: 'sim',
  probe: 'sim',
  summary: 'a simulated VM that migrates, with its clock and announcements; sends nothing',
  needs: 'nothing',
  options,
  check: async () => ({ allowed: true }),
  open: async (plan, ports) => open(plan, ports),
};
