import { duration } from '../../core/format/duration.js';
import { type Checklist, targetsOverBudget } from '../../core/maintenance/checklist.js';
import { type Style, span, type TextSpan } from './spans.js';

/** The numbers of targets in each state, without zeros: `31 of 40 moved`, `1 twice`. */
export function totalsOf(checklist: Checklist): TextSpan[] {
  const { moved, expected, moving, twice, unexpected, unreported = 0, budgetMs } = checklist;
  const overBudget = targetsOverBudget(checklist);
  const counted = (count: number, text: string, style: Style) =>
    count > 0 ? [span(`${count} ${text}`, style)] : [];
  const budget = budgetMs === undefined ? '' : duration(budgetMs);
  return [
    span(`${moved} of ${expected} moved`, moved === expected && expected > 0 ? 'green' : 'plain'),
    ...counted(twice, 'twice', 'red'),
    ...counted(unexpected, 'unexpected', 'red'),
    ...counted(unreported, 'unreported', 'red'),
    ...counted(overBudget, `over ${budget}`, 'amber'),
    ...counted(moving, 'moving', 'red'),
    ...(overBudget === 0 && budget ? [span(`budget ${budget}`, 'dim')] : []),
  ];
}
