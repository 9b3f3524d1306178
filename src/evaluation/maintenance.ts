import { duration } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { namedTarget } from '../core/format/target-name.js';
import {
  type BudgetedMove,
  type Checklist,
  type ChecklistItem,
  isPassed,
  type Move,
} from '../core/maintenance/checklist.js';
import type { Millis } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import { totalsOf } from '../ui/style/checklist-text.js';

/** The report of a finished maintenance. Cells are words; texts from outside are printable. */
export interface MaintenanceReport {
  passed: boolean;
  /** `31 of 40 moved`, `1 twice`, … */
  totals: readonly string[];
  head: readonly string[];
  /** One for each move, and one for each target that did not move. */
  rows: readonly (readonly string[])[];
  /** Explanations of signs in the rows. */
  notes: readonly string[];
}

const HEAD = ['target', 'state', 'when', 'blackout', 'unreachable'];

/** Makes the report; `timeOf` formats moments. */
export function maintenanceReport(
  checklist: Checklist,
  targets: readonly TargetInfo[],
  timeOf: (at: Millis) => string,
): MaintenanceReport {
  const hasBudget = checklist.budgetMs !== undefined;
  const rows = checklist.items.flatMap(item => rowsOf(item, targets, timeOf, checklist.budgetMs));
  return {
    passed: isPassed(checklist),
    totals: totalsOf(checklist).map(({ text }) => text),
    head: hasBudget ? [...HEAD, 'budget'] : HEAD,
    rows,
    notes: rows.some(row => row.at(-1)?.endsWith('?')) ? [DOUBTFUL] : [],
  };
}

const DOUBTFUL = '? by the estimate: the bounds of the blackout lie on both sides of the budget';

/** The report as text, ending with a newline. */
export function maintenanceText({ passed, totals, head, rows, notes }: MaintenanceReport): string {
  const heading = `--- maintenance ${passed ? 'PASSED' : 'NOT PASSED'}: ${totals.join(', ')} ---`;
  const table = rows.length > 0 ? textTable([head, ...rows], [4]) : [];
  return `${[heading, ...table, ...notes].join('\n')}\n`;
}

/** One row for each move of a target; the first row also has the target's name and state. */
function rowsOf(
  { target, state, moves }: ChecklistItem,
  targets: readonly TargetInfo[],
  timeOf: (at: Millis) => string,
  budgetMs: Millis | undefined,
): string[][] {
  const { name, simulated } = namedTarget(target, targets);
  const shownName = simulated ? `${name} SIMULATED` : name;
  if (moves.length === 0) return [[shownName, state]];
  return moves.map((move, index) => [
    index === 0 ? shownName : '',
    index === 0 ? state : planWord(move),
    ...moveCells(move, timeOf),
    ...(budgetMs === undefined ? [] : [verdictOf(move, budgetMs)]),
  ]);
}

function planWord({ expected, unreported }: Move): string {
  if (unreported) return 'unreported';
  return expected ? 'expected' : 'unexpected';
}

/** Compares the estimate with the budget; a question mark means that the budget is within the bounds. */
function verdictOf({ open, overBudget, blackoutMs }: BudgetedMove, budgetMs: Millis): string {
  if (open) return '';
  const isDoubtful = blackoutMs && blackoutMs.low <= budgetMs && blackoutMs.high > budgetMs;
  return `${overBudget ? 'FAIL' : 'pass'}${isDoubtful ? '?' : ''}`;
}

function moveCells(
  { startedAt, blackoutMs, stuntimeMs, sure }: Move,
  timeOf: (at: Millis) => string,
): string[] {
  const bounds = blackoutMs && `${ms(blackoutMs.low)}-${ms(blackoutMs.high)} ms`;
  const blackout = blackoutMs ? `${duration(blackoutMs.estimate)} (${bounds})` : '';
  return [
    timeOf(startedAt),
    sure ? blackout : `${blackout} unclear`.trim(),
    stuntimeMs === undefined ? '' : duration(stuntimeMs),
  ];
}

function ms(value: Millis): string {
  return value.toFixed(0);
}
