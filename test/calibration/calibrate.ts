/**
 * The alarm budget: how many false events a target-month at 20 Hz would see with the detectors' defaults.
 * `calibrate.js FOLDER…` reads quiet `ping -D -O` logs and prints a table; README.md tells the method.
 * `--detector NAME[:k=v,…]` tries other options.
 */
import type { DetectorChoice } from '../../src/core/detector.js';
import type { Millis } from '../../src/core/sample.js';
import { readArguments } from './arguments.js';
import { quietAt, type Recording, readRecordings } from './quiet.js';
import { exceedanceRate } from './tail.js';

const BLOCK_MS: Millis = 10_000;
const MONTH_MS: Millis = 30 * 86_400_000;
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

const { folders, choices: tried } = readArguments();
console.log(
  '| path | outcomes | hours | lost | events seen | '.concat(
    tried.map(({ plugin }) => `${plugin.name}: seen, highest, per month`).join(' | '),
    ' |',
  ),
);
console.log(`|---|---|---|---|---|${'---|'.repeat(tried.length)}`);
for (const recording of readRecordings(folders)) {
  const settled = recording.samples.filter(
    ({ outcome }) => outcome.kind === 'reply' || outcome.kind === 'lost',
  );
  const quiet = settled.filter(sample => quietAt(recording.truth, sample.knownAt));
  const lost = quiet.filter(({ outcome }) => outcome.kind === 'lost').length;
  const exposures = tried.map(choice => expose(choice, recording));
  const cells = exposures.map(({ maxima, alarms }) => {
    const perMonth = (exceedanceRate(maxima, 1) * MONTH_MS) / BLOCK_MS;
    return `${events(alarms)}, ${Math.max(0, ...maxima).toFixed(2)}, ${perMonth.toPrecision(2)}`;
  });
  const hours = (Math.max(...exposures.map(({ maxima }) => maxima.length)) * BLOCK_MS) / 3_600_000;
  const seen = events(exposures.flatMap(({ alarms }) => alarms));
  console.log(`| ${[recording.name, quiet.length, hours.toFixed(2), lost, seen, ...cells].join(' | ')} |`);
}
