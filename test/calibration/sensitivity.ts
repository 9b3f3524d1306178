/**
 * What the detectors' defaults find: for each labelled item of the traces, which of them alarm and how long after
 * the disturbance began. `sensitivity.js FOLDER…` prints a table; `--detector NAME[:k=v,…]` tries other options.
 */
import type { DetectorChoice } from '../../src/core/detector.js';
import type { Millis } from '../../src/core/sample.js';
import { readArguments } from './arguments.js';
import { type Recording, readRecordings, type TruthItem } from './quiet.js';

/** An alarm this long after the end still belongs to the item. */
const AFTERMATH_MS: Millis = 1500;

function alarmsOf({ plugin, options }: DetectorChoice, { samples }: Recording): Millis[] {
  const detector = plugin.create(options);
  return samples
    .filter(({ outcome }) => plugin.reads.includes(outcome.kind))
    .filter(sample => detector.observe(sample).state === 'alarm')
    .map(({ knownAt }) => knownAt);
}

function span({ start, stop, resume, end }: TruthItem): { from: Millis; to: Millis } {
  return { from: (stop ?? start!) * 1000, to: (resume ?? end!) * 1000 };
}

const { folders, choices } = readArguments();
console.log(
  `| trace | item | length ms | unanswered in time | ${choices.map(({ plugin }) => plugin.name).join(' | ')} |`,
);
console.log(`|---|---|---|---|${'---|'.repeat(choices.length)}`);
for (const recording of readRecordings(folders)) {
  const alarms = choices.map(choice => alarmsOf(choice, recording));
  for (const item of recording.truth) {
    const { from, to } = span(item);
    const missed = recording.samples.filter(
      ({ at, outcome }) => outcome.kind === 'overdue' && at >= from - 50 && at <= to,
    ).length;
    const delays = alarms.map(times => times.find(at => at >= from && at <= to + AFTERMATH_MS));
    const cells = delays.map(at => (at === undefined ? '–' : `+${(at - from).toFixed(0)} ms`));
    console.log(`| ${[recording.name, item.type, (to - from).toFixed(0), missed, ...cells].join(' | ')} |`);
  }
}
