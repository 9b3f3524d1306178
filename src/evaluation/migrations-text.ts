import { duration } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { printable } from '../core/format/text.js';
import { bytes } from '../core/format/units.js';
import { utc } from '../core/format/utc.js';
import {
  compareGroups,
  FIGURE_NAMES,
  MIGRATION_FIGURES,
  type MigrationFigure,
  type MigrationGroup,
  type MigrationRow,
  quantileOf,
  valuesOf,
} from './migrations.js';

const RIGHT = [2, 3, 4, 5, 6, 7];
const MAX_ROWS = 500;

/** The table of migrations, with median and 95th percentile; with groups, these of each, and how the first two differ. */
export function migrationsText(rows: readonly MigrationRow[], groups: readonly MigrationGroup[]): string {
  const head = ['migration at (UTC)', 'target', ...FIGURE_NAMES, 'transport', 'hypervisor'];
  const shown = rows.slice(0, MAX_ROWS);
  const sets = groups.length > 0 ? groups : [{ name: 'all', rows }];
  return [
    ...textTable(
      [head, ...shown.map(rowCells), ...sets.flatMap(({ name, rows }) => summaryCells(name, rows))],
      RIGHT,
    ),
    ...(rows.length > shown.length ? [`and ${rows.length - shown.length} more migrations`] : []),
    ...(groups.length > 1 ? ['', ...comparison(groups[0]!, groups[1]!)] : []),
    '',
  ].join('\n');
}

/** A figure in words, a dash if it is unknown. */
export function figureText(figure: MigrationFigure, value: number | undefined): string {
  if (value === undefined) return '-';
  const { unit } = MIGRATION_FIGURES[figure];
  if (unit === 'ms') return duration(value);
  return unit === 'bytes' ? bytes(value) : String(value);
}

function rowCells({ at, target, figures, transport, reported, seen }: MigrationRow): string[] {
  const word = { yes: seen ? 'reported' : 'reported, not seen', no: 'not reported', unknown: '-' };
  return [
    utc(at).slice(0, 19).replace('T', ' '),
    printable(target),
    ...FIGURE_NAMES.map(figure => figureText(figure, figures[figure])),
    transport === 'unknown' ? '-' : transport,
    word[reported],
  ];
}

function summaryCells(name: string, rows: readonly MigrationRow[]): string[][] {
  return [[`median of ${rows.length}`, 0.5] as const, ['p95', 0.95] as const].map(([label, share]) => [
    label,
    printable(name),
    ...FIGURE_NAMES.map(figure => figureText(figure, quantileOf(valuesOf(rows, figure), share))),
  ]);
}

function comparison(first: MigrationGroup, second: MigrationGroup): string[] {
  const rows = compareGroups(first, second).map(({ figure, test }) => [
    figure,
    String(test.u),
    test.p < 0.0001 ? '<0.0001' : test.p.toFixed(4),
    `${test.delta >= 0 ? '+' : ''}${test.delta.toFixed(2)} ${sizeWord(test.delta)}`,
  ]);
  return [
    `${printable(first.name)} against ${printable(second.name)}: Mann-Whitney, two-sided; Cliff's delta > 0: the first is larger`,
    ...textTable([['figure', 'U', 'p', 'delta'], ...rows], [1, 2]),
  ];
}

/** The usual words for the size of Cliff's delta (Romano 2006). */
function sizeWord(delta: number): string {
  const size = Math.abs(delta);
  if (size < 0.147) return 'negligible';
  if (size < 0.33) return 'small';
  return size < 0.474 ? 'medium' : 'large';
}
