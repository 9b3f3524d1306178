import { basename } from 'node:path';
import { defaultChoices } from '../../detectors/index.js';
import { textTable } from '../../src/core/format/table.js';
import { analyse } from '../../src/evaluation/analysis.js';
import type { Match } from '../../src/evaluation/matching.js';
import type { Score } from '../../src/evaluation/score.js';
import { scoreAll } from '../../src/evaluation/scoring.js';
import { blackoutOf, isRight, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';

/** The figures of one cause over all its recordings. */
interface Row {
  labels: number;
  right: number;
  falseRed: number;
  otherFalse: number;
  migrations: number;
  found: number;
  errorsMs: number[];
  reports: Map<string, number>;
}

/** Judges recordings, each with its truth file, by the default detectors; one row for each cause, which is the file's name up to `-N`. */
export async function scoreFolder(paths: readonly string[]): Promise<string[]> {
  const rows = new Map<string, Row>();
  for (const path of paths) {
    const truth = readTruth(path.replace(/\.jsonl$/, '.truth.json'));
    const analysis = await analyse(path, [{ name: 'migwatch', choices: defaultChoices() }]);
    const name = basename(path).replace(/(-\d+)+\.jsonl$/, '');
    const row = rows.get(name) ?? blank();
    rows.set(name, row);
    add(row, scoreAll([analysis], truth).migwatch!);
  }
  return table(rows);
}

function add(row: Row, { matches, unmatched, falseReds }: Score): void {
  for (const group of sharedGaps(matches)) {
    // One event answers for all that happened in a gap.
    const { truth, detection } = group.find(each => each.detection) ?? group[0]!;
    const report = detection?.kind ?? 'nothing';
    const isRed = detection?.red === true;
    row.labels++;
    if (isRight(truth, report)) row.right++;
    if (truth.type === 'migration') {
      row.migrations++;
      if (isRed && report === 'migration') row.found++;
    }
    if (truth.type === 'migration' && detection?.blackoutMs)
      row.errorsMs.push(Math.abs(detection.blackoutMs.estimate - standstillOf(group)));
    const reported = `${truth.type} → ${isRed ? 'red ' : ''}${report}`;
    row.reports.set(reported, (row.reports.get(reported) ?? 0) + 1);
  }
  row.falseRed += falseReds;
  row.otherFalse += unmatched.filter(({ red }) => !red).length;
}

/** Migrations of a target while its network was away, together; everything else alone. */
function sharedGaps(matches: readonly Match[]): Match[][] {
  const groups = new Map<string, Match[]>();
  for (const [index, match] of matches.entries()) {
    const { away, back } = match.truth;
    const key = away === undefined ? `${index}` : `${match.target} ${away} ${back}`;
    groups.set(key, [...(groups.get(key) ?? []), match]);
  }
  return [...groups.values()];
}

/** Standstills in one gap add up. */
function standstillOf(group: readonly { truth: TruthItem }[]): number {
  return group.reduce((sum, { truth }) => sum + blackoutOf(truth), 0);
}

function table(rows: ReadonlyMap<string, Row>): string[] {
  const cells = [...rows].map(([name, row]) => [
    name,
    `${row.right} of ${row.labels}`,
    String(row.falseRed),
    String(row.otherFalse),
    row.migrations > 0 ? `${row.found} of ${row.migrations}` : '–',
    errors(row.errorsMs),
    [...row.reports].map(([reported, count]) => `${reported} ${count}`).join(', '),
  ]);
  const head = ['cause', 'right', 'false red', 'other false', 'found', 'error ms, median / max', 'reports'];
  return textTable([head, ...cells]);
}

function errors(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor((sorted.length - 1) / 2)]!, sorted.at(-1)!]
    .map(each => each.toFixed(1))
    .join(' / ');
}

function blank(): Row {
  return {
    ...{ labels: 0, right: 0, falseRed: 0, otherFalse: 0, migrations: 0, found: 0 },
    ...{ errorsMs: [], reports: new Map() },
  };
}
