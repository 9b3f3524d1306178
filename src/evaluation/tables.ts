import { formatDuration } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import type { Millis } from '../core/sample.js';
import type { Detection, Match } from './matching.js';
import type { ReliabilityBin } from './reliability.js';
import type { Quantiles, Ratio, Score } from './score.js';
import { type Answer, blackoutOf, spanOf, type TruthItem } from './truth.js';

/** A table of what happened and what was detected, in the order of time; false detections included. */
export function verdictTable({ matches, harmless, unmatched }: Score): string[] {
  const rows = [...matches.map(matchRow), ...harmless.map(harmlessRow), ...unmatched.map(falseRow)].sort(
    (a, b) => a.at - b.at,
  );
  return textTable([
    ['time (UTC)', 'target', 'hypervisor', 'blackout', 'migwatch', 'detected after', 'its blackout'],
    ...rows.map(row => row.cells),
  ]);
}

function matchRow({ truth, target, from, detection }: Match) {
  const cells = [clock(from), target, truth.type, ms(blackoutOf(truth))];
  if (!detection) return { at: from, cells: [...cells, 'missed', '', ''] };
  return { at: from, cells: [...cells, verdict(detection), ms(detection.at - from), bounds(detection)] };
}

function harmlessRow(truth: TruthItem) {
  const { from, to } = spanOf(truth);
  return { at: from, cells: [clock(from), truth.target, `${truth.type}, ${ms(to - from)}`, '', '', '', ''] };
}

function falseRow(detection: Detection) {
  const { at, target } = detection;
  return {
    at,
    cells: [clock(at), target, 'nothing', '', `${verdict(detection)} FALSE`, '', bounds(detection)],
  };
}

/** The figures of several detectors over the same time, side by side. */
export function figuresTable(scores: Readonly<Record<string, Score>>): string[] {
  const all = Object.values(scores);
  const row = (name: string, show: (score: Score) => string) => [name, ...all.map(show)];
  const classes = all[0]!.recallByLength.map(({ intervals, ceiling, of }, index) =>
    row(
      `  blackout ${intervals} intervals${of > 0 ? ` (echo's ceiling ${percent(ceiling)})` : ''}`,
      ({ recallByLength }) => ratio(recallByLength[index]!),
    ),
  );
  return textTable([
    ['', ...Object.keys(scores)],
    row('migrations found: red, and called so', found),
    row('  red, but unclear', ({ redUnclear, recall }) => ratio({ found: redUnclear, of: recall.of })),
    ...classes,
    row('false reds: neither migration nor ghost', falseReds),
    row('  per target-day (at most, 95 %)', rate),
    row('  observed target-days', ({ targetDays }) => short(targetDays)),
    row('other false events', ({ unmatched }) => String(unmatched.filter(({ red }) => !red).length)),
    row('STOP to red, median / p95 / max', ({ delayMs }) => quantiles(delayMs)),
    row('blackout error, median / p95 / max', ({ blackoutErrorMs }) => quantiles(blackoutErrorMs)),
    row('blackout within the high bound', ({ highBound }) => ratio(highBound)),
    ...causeRows(all),
    ...reliabilityRows(all),
    ...confusionRows(all),
  ]);
}

function found({ recall, recallInterval }: Score): string {
  if (!recallInterval) return ratio(recall);
  const { low, high } = recallInterval;
  return `${ratio(recall)} (95 %: ${percent(low)}–${percent(high)})`;
}

function falseReds({ falseReds, falseRedsByCause }: Score): string {
  const causes = [...falseRedsByCause].map(([cause, count]) => `${cause} ${count}`).join(', ');
  return causes === '' ? '0' : `${falseReds} (${causes})`;
}

/** For each cause, how many of its actions were found, and how many of its reports were right. */
function causeRows(scores: readonly Score[]): string[][] {
  const causes = [...new Set(scores.flatMap(({ causes }) => causes.map(({ cause }): Answer => cause)))];
  return causes.map(cause => [
    `${cause}: recall, precision`,
    ...scores.map(score => {
      const own = score.causes.find(each => each.cause === cause);
      if (!own) return '–';
      return `${ratio({ found: own.found, of: own.labels })}, ${ratio({ found: own.right, of: own.reports })}`;
    }),
  ]);
}

/** The Brier score, and for each class of confidence how often it was right. */
function reliabilityRows(scores: readonly Score[]): string[][] {
  const bins = scores.flatMap(({ reliability }) => reliability?.bins ?? []);
  if (bins.length === 0) return [];
  const edges = [...new Set(bins.map(({ from }) => from))].sort((a, b) => a - b);
  const brier = ({ reliability }: Score) => (reliability ? reliability.brier.toFixed(3) : '–');
  return [
    ['Brier score (0 is best)', ...scores.map(brier)],
    ...edges.map(edge => {
      const ofEdge = (score: Score) => score.reliability?.bins.find(({ from }) => from === edge);
      const { to } = bins.find(({ from }) => from === edge)!;
      return [
        `  right of those ${percent(edge)}–${percent(to)} sure`,
        ...scores.map(each => right(ofEdge(each))),
      ];
    }),
  ];
}

function right(bin: ReliabilityBin | undefined): string {
  return bin ? ratio({ found: bin.right, of: bin.events }) : '–';
}

/** For each type of label, how often it was reported as each kind of event. */
function confusionRows(scores: readonly Score[]): string[][] {
  const types = [...new Set(scores.flatMap(({ confusion }) => [...confusion.keys()]))];
  return types.map(type => [
    `${type} reported as`,
    ...scores.map(({ confusion }) =>
      [...(confusion.get(type) ?? [])].map(([kind, count]) => `${kind} ${count}`).join(', '),
    ),
  ]);
}

function rate({ falseRedsPerTargetDay, upperBoundPerTargetDay }: Score): string {
  return `${short(falseRedsPerTargetDay)} (${short(upperBoundPerTargetDay)})`;
}

function verdict({ kind, red }: Detection): string {
  return `${red ? 'red' : 'amber'} ${kind}`;
}

function bounds({ blackoutMs }: Detection): string {
  if (!blackoutMs) return '';
  return `${blackoutMs.estimate.toFixed(0)} (${blackoutMs.low.toFixed(0)}–${blackoutMs.high.toFixed(0)}) ms`;
}

function quantiles(values: Quantiles | undefined): string {
  return values ? `${ms(values.median)} / ${ms(values.p95)} / ${ms(values.max)}` : '–';
}

function ratio({ found, of }: Ratio): string {
  return of === 0 ? '–' : `${found} of ${of}`;
}

/** Two significant digits, without an exponent. */
function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function ms(value: Millis): string {
  return value >= 10_000 ? formatDuration(value) : `${value.toFixed(1)} ms`;
}

function clock(at: Millis): string {
  return new Date(at).toISOString().slice(11, 23);
}
