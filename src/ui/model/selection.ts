import type { TargetId } from '../../core/sample.js';
import type { Choices, Controls } from './controls.js';

/**
 * The target whose graph is shown: the chosen one, else the worst, else the first; while the filter hides it, the first
 * that is listed. The target of a shown event stays, whatever is listed.
 */
export function chosenTarget(
  { chosen, event }: Controls,
  given: readonly TargetId[],
  listed = given,
  worst = given[0],
): TargetId | undefined {
  const wanted = given.includes(chosen!) ? chosen : worst;
  const hidden = event === undefined && listed.length > 0 && !listed.includes(wanted!);
  return hidden ? listed[0] : wanted;
}

/** From a target outside of the list, the first row is next. */
export function neighbour({ chosen }: Controls, { targets }: Choices, by: number): Partial<Controls> {
  if (targets.length === 0) return {};
  const index = (chosen === undefined ? 0 : targets.indexOf(chosen)) + by;
  const next = targets[Math.max(0, Math.min(targets.length - 1, index))];
  return { chosen: next, event: undefined, page: undefined };
}

/** The neighbouring cell of the wall; undefined while it is not shown. */
export function onWall(
  { wall, page, chosen }: Controls,
  { wall: rows = [] }: Choices,
  by: 'row' | 'cell',
  step: 1 | -1,
): Partial<Controls> | undefined {
  if (!wall || page !== undefined || rows.length === 0) return undefined;
  const row = Math.max(
    0,
    rows.findIndex(cells => cells.includes(chosen!)),
  );
  const column = Math.max(0, rows[row]!.indexOf(chosen!));
  const all = rows.flat();
  const beside = all[all.indexOf(rows[row]![column]!) + step];
  const above = rows[row + step];
  const next = by === 'cell' ? beside : above?.[Math.min(column, above.length - 1)];
  return { chosen: next ?? chosen, event: undefined };
}
