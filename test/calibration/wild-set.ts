import { type Random, seeded } from '../../src/core/statistics/random.js';

/** How a cause is played: what happens each time, what precedes it, and how migwatch watches. */
interface Cause {
  /** One step, with its parameters drawn anew. */
  step(draw: Draw): string;
  /** Steps at the start. */
  before?: string;
  /** Time after each step. */
  rest?: string;
  /** Times in one run, and runs. */
  times?: number;
  runs?: number;
  flags?: readonly string[];
}

/** One run of the lab. */
export interface Run {
  name: string;
  steps: string;
  flags: readonly string[];
}

/** Draws a duration in milliseconds, uniform in its logarithm, or one of a list. */
interface Draw {
  ms(least: number, most: number): string;
  one<Item>(items: readonly Item[]): Item;
}

const ROUTED = 'link delay=10ms jitter=0.5ms tail=1%:30ms loss=0.3%;';
const NO_SEGMENT = ['--witness', 'clock'];
const TWO_CLOCKS = ['--probe', 'clock:tcp=80'];

/** Every situation that a judge has to tell apart. Cheap ones come 20 times or more, dear ones at least 8 times. */
const CAUSES: Readonly<Record<string, Cause>> = {
  migration: { step: draw => `migrate hold=${draw.ms(20, 2000)}` },
  'migration-routed': {
    step: draw => `migrate hold=${draw.ms(60, 2000)}`,
    before: ROUTED,
    flags: NO_SEGMENT,
  },
  pause: { step: draw => `pause ${draw.ms(60, 2000)}` },
  'pause-routed': { step: draw => `pause ${draw.ms(60, 1000)}`, before: ROUTED, flags: NO_SEGMENT },
  failover: { step: draw => `cut target ${draw.ms(250, 2500)} announce=${draw.one(['qemu', 'switch'])}` },
  outage: { step: draw => `cut ${draw.one(['target', 'shared'])} ${draw.ms(250, 5000)}` },
  late: { step: draw => `migrate hold=${draw.ms(20, 600)} late=${draw.ms(1000, 15_000)}`, rest: '7s' },
  'late-two-clocks': {
    step: draw => `migrate hold=${draw.ms(20, 600)} late=${draw.ms(1000, 15_000)}`,
    ...{ rest: '7s', times: 4, runs: 3, flags: TWO_CLOCKS },
  },
  spoof: { step: draw => `steal ${draw.ms(250, 2500)}` },
  'clock-set': { step: draw => `date ${draw.one(['-', '+'])}${draw.one([1, 2, 7, 30, 300])}s`, rest: '8s' },
  corrected: { step: draw => `migrate hold=${draw.ms(50, 800)} set=${draw.ms(1, 700)}`, rest: '7s' },
  'back-to-back': {
    step: draw => `repeat ${draw.one([3, 5, 8])}; migrate hold=${draw.ms(10, 200)}; wait 700ms; end`,
    ...{ rest: '8s', times: 2, runs: 4 },
  },
  'two-in-a-gap': {
    step: draw =>
      `away; migrate hold=${draw.ms(50, 400)}; migrate hold=${draw.ms(50, 400)}; wait ${draw.ms(100, 3000)}; back`,
    ...{ rest: '8s', times: 4, runs: 2 },
  },
  postcopy: { step: draw => `migrate mode=postcopy bandwidth=${draw.one([20, 40, 80])}`, rest: '6s' },
  converge: {
    step: draw => `migrate mode=converge bandwidth=${draw.one([36, 40, 44])}`,
    ...{ before: 'guest dirty=48;', rest: '6s', times: 4, runs: 2 },
  },
  takeover: {
    step: draw => `takeover ${draw.ms(3000, 10_000)} rivals=${draw.one([1, 1, 2, 3])}`,
    ...{ rest: '8s', times: 4 },
  },
  conflict: {
    step: draw => `takeover ${draw.ms(3000, 10_000)} rivals=${draw.one([1, 2])} vm=stays`,
    ...{ rest: '8s', times: 4, runs: 2 },
  },
  'path-change': {
    step: draw => `reroute ${draw.one(['target', 'shared'])} ${draw.ms(3, 15)}`,
    ...{ before: 'link delay=8ms jitter=0.3ms;', rest: '15s' },
  },
  policing: {
    step: draw => `police ${draw.one([10, 15, 25])} 15s`,
    ...{ before: 'hosts 0; link delay=2ms jitter=0.1ms;', rest: '8s', times: 4, runs: 2 },
  },
  filtered: {
    step: draw => draw.one([`migrate hold=${draw.ms(50, 1000)}`, `pause ${draw.ms(100, 1000)}`]),
    ...{ before: 'link stamps=dropped;', flags: TWO_CLOCKS },
  },
  restore: { step: draw => `save ${draw.ms(200, 6000)}`, rest: '8s', times: 4, runs: 2 },
  reboot: { step: () => 'reboot', rest: '10s', times: 2, flags: TWO_CLOCKS },
  ghost: { step: draw => `migrate; wait 6s; ghost ${draw.ms(2000, 6000)}`, rest: '8s', times: 2 },
  'three-vms': {
    step: draw => `migrate hold=${draw.ms(20, 500)}`,
    ...{ before: 'guest count=3;', rest: '8s', times: 3, runs: 1 },
  },
};

export const CAUSE_NAMES = Object.keys(CAUSES);

/** The runs of a cause. The same seed gives the same parameters. */
export function runsOf(name: string, seed: number): Run[] {
  const { step, before = '', rest = '5s', times = 5, runs = 4, flags = [] } = CAUSES[name]!;
  return Array.from({ length: runs }, (_, run) => {
    const draw = drawFrom(seeded(seed * 1000 + 10 * CAUSE_NAMES.indexOf(name) + run));
    const steps = Array.from({ length: times }, () => `${step(draw)}; wait ${rest}`).join('; ');
    return { name: `${name}-${seed}-${run + 1}`, steps: `hosts 1; ${before} wait 20s; ${steps}`, flags };
  });
}

function drawFrom(random: Random): Draw {
  return {
    ms: (least, most) => `${Math.round(least * (most / least) ** random())}ms`,
    one: items => items[Math.floor(random() * items.length)]!,
  };
}
