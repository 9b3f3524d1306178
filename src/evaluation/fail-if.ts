import { parseDuration } from '../core/format/duration.js';
import { unknownName } from '../core/format/nearest-name.js';
import { safeJson } from '../core/format/safe-json.js';
import {
  FIGURE_NAMES,
  MIGRATION_FIGURES,
  type MigrationFigure,
  type MigrationRow,
  quantileOf,
  valuesOf,
} from './migrations.js';

/** A limit of `--fail-if`. */
export interface Limit {
  /** As the user wrote it. */
  text: string;
  figure: MigrationFigure;
  statistic: string;
  above: number;
}

/** How a set of migrations compares with a limit. Without a value there is nothing to compare, which fails too. */
export interface LimitResult {
  limit: Limit;
  value: number | undefined;
  failed: boolean;
}

const STATISTICS: Readonly<Record<string, number>> = {
  median: 0.5,
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  max: 1,
};
const FORM = /^\s*([a-z]+)\s+([a-z]+\d*)\s*>\s*(\S.*?)\s*$/;

/** Reads `unreachable p95 > 300ms`. Throws a RangeError that says what was expected. */
export function parseLimit(text: string): Limit {
  const [, figure, statistic, value] = FORM.exec(text) ?? [];
  if (figure === undefined)
    throw new RangeError(
      `--fail-if ${safeJson(text)}: write FIGURE STATISTIC > VALUE, such as 'unreachable p95 > 300ms'; figures: ${FIGURE_NAMES.join(', ')}; statistics: ${Object.keys(STATISTICS).join(', ')}`,
    );
  if (!FIGURE_NAMES.includes(figure as MigrationFigure))
    throw unknownName('figure in --fail-if', figure, FIGURE_NAMES);
  if (!Object.hasOwn(STATISTICS, statistic!))
    throw unknownName('statistic in --fail-if', statistic!, Object.keys(STATISTICS));
  const known = figure as MigrationFigure;
  return { text, figure: known, statistic: statistic!, above: amountOf(known, value!) };
}

/** How the migrations that were seen compare with the limit. */
export function checkLimit(limit: Limit, rows: readonly MigrationRow[]): LimitResult {
  const value = quantileOf(valuesOf(rows, limit.figure), STATISTICS[limit.statistic]!);
  return { limit, value, failed: value === undefined || value > limit.above };
}

function amountOf(figure: MigrationFigure, text: string): number {
  if (MIGRATION_FIGURES[figure].unit === 'ms') return parseDuration(text);
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(k|M|G)?B?$/.exec(text) ?? [];
  if (digits === undefined)
    throw new RangeError(
      `--fail-if ${figure}: a number such as 300 or 2.5GB was expected, not ${safeJson(text)}`,
    );
  return Number(digits) * ({ k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1);
}
