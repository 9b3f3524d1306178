/**
 * The alarm budget: how many false events a target-month at 20 Hz would see with the detectors' defaults.
 * `calibrate.js FOLDER…` reads quiet `ping -D -O` logs and prints a table; README.md tells the method.
 * `--detector NAME[:k=v,…]` tries other options.
 */
import type { DetectorChoice } from '../../src/core/detector.js';
import type { Millis } from '../../src/core/sample.js';
import { readArguments } from './arguments.js';
import { lossRunLength } from './loss-chain.js';
import { quietAt, type Recording, readRecordings } from './quiet.js';
import { exceedanceRate, pooledShape, tailOf } from './tail.js';

const BLOCK_MS: Millis = 10_000;
const MONTH_MS: Millis = 30 * 86_400_000;
const INTERVAL_MS: Millis = 50;
/** What `loss` takes a path to lose that never lost anything. */
const MIN_USUAL_LOSS = 1 / 21_000;
/** The judge merges alarms that follow each other this closely. */
const MERGE_MS: Millis = 1000;

interface Exposure {
  /** The largest score in each quiet block, in units of its threshold. */
  maxima: number[];
  /** When alarms stood. */
  alarms: Millis[];
}

function expose({ plugin, options }: DetectorChoice, { samples, truth }: Recording): Exposure {
  const detector = plugin.create(options);
  const blocks = new Map<number, number>();
  const alarms: Millis[] = [];
  for (const sample of samples) {
    if (!plugin.reads.includes(sample.outcome.kind)) continue;
    const { state, score, threshold } = detector.observe(sample);
    if (state === 'learning' || !quietAt(truth, sample.knownAt)) continue;
    const block = Math.floor(sample.knownAt / BLOCK_MS);
    blocks.set(block, Math.max(blocks.get(block) ?? 0, score / threshold));
    if (state === 'alarm') alarms.push(sample.knownAt);
  }
  return { maxima: [...blocks.values()], alarms };
}

function events(alarms: readonly Millis[]): number {
  return alarms
    .toSorted((a, b) => a - b)
    .filter((at, index, all) => index === 0 || at - all[index - 1]! > MERGE_MS).length;
}

/** A recording held against each of the choices. */
function examine(recording: Recording) {
  const quiet = recording.samples.filter(sample => quietAt(recording.truth, sample.knownAt));
  const count = (kind: string) => quiet.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    name: recording.name,
    replies: count('reply'),
    lost: count('lost'),
    exposures: choices.map(choice => expose(choice, recording)),
  };
}

type Examined = ReturnType<typeof examine>;

/**
 * False alarms a target-month, extrapolated in the way that suits the detector's score; README.md says why.
 * NaN where there is too little to go by.
 */
function perMonth(index: number, { replies, lost, exposures }: Examined): number {
  const { plugin, options } = choices[index]!;
  if (plugin.name === 'loss') {
    const p0 = Math.max(lost / (replies + lost), MIN_USUAL_LOSS);
    return MONTH_MS / INTERVAL_MS / lossRunLength(p0, options.p1!, options.h!);
  }
  const tail = tailOf(exposures[index]!.maxima);
  return tail ? (exceedanceRate(tail, 1, shapes[index]!) * MONTH_MS) / BLOCK_MS : NaN;
}

function row(examined: Examined): (string | number)[] {
  const { name, replies, lost, exposures } = examined;
  const hours = (Math.max(...exposures.map(({ maxima }) => maxima.length)) * BLOCK_MS) / 3_600_000;
  const figures = choices.map((_, index) => perMonth(index, examined));
  const cells = exposures.map(
    ({ maxima, alarms }, index) =>
      `${events(alarms)} / ${Math.max(0, ...maxima).toFixed(2)} / ${short(figures[index]!)}`,
  );
  const seen = events(exposures.flatMap(({ alarms }) => alarms));
  const total = figures.reduce((sum, figure) => sum + figure, 0);
  return [name, replies + lost, hours.toFixed(2), lost, seen, ...cells, short(total)];
}

function short(figure: number): string {
  if (Number.isNaN(figure)) return 'too short';
  return figure < 0.001 ? '<0.001' : String(Number(figure.toPrecision(2)));
}

const { folders, choices } = readArguments();
const examined = [...readRecordings(folders)].map(examine);
/** A CUSUM with bounded steps has an exponential tail whatever its steps are (Lundberg's inequality). */
const shapes = choices.map(({ plugin }, index) =>
  plugin.name === 'cusum'
    ? 0
    : pooledShape(examined.flatMap(({ exposures }) => tailOf(exposures[index]!.maxima) ?? [])),
);
const names = choices.map(({ plugin }) => plugin.name);
const head = ['path', 'outcomes', 'hours', 'lost', 'events seen', ...names, 'total a month'];
console.log(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`);
for (const one of examined) console.log(`| ${row(one).join(' | ')} |`);
const fitted = names.flatMap((name, index) =>
  name === 'loss' ? [] : [`${name} ${shapes[index]!.toFixed(2)}`],
);
console.log(`\nshape of the tails: ${fitted.join(', ')}`);
