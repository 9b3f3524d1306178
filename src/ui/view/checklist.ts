import type { Light } from '../../core/event.js';
import { formerName, type NamedTarget, named } from '../../core/format/target-name.js';
import {
  type Checklist,
  type ChecklistItem,
  type ItemState,
  lengthOf,
} from '../../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';

/** The maintenance checklist, most urgent first. */
export interface ChecklistView {
  /** With the numbers for the heading. */
  checklist: Checklist;
  items: readonly ItemView[];
}

export interface ItemView extends NamedTarget {
  state: ItemState;
  /** Red for an unplanned move, amber for one that differs from the plan, green for a planned one. */
  light: Light | undefined;
  chosen: boolean;
  /** Of the last move. */
  at?: Millis;
  /** The blackout, else the stuntime. */
  lengthMs?: Millis;
  stuntimeMs?: Millis;
  /** Whether the last move was over budget. */
  overBudget: boolean;
  /** Only the echo witness saw the move. */
  unclear: boolean;
}

const LIGHTS: Record<ItemState, Light | undefined> = {
  unexpected: 'red',
  unreported: 'red',
  'moved twice': 'red',
  'not moved': 'amber',
  moving: undefined,
  waiting: undefined,
  moved: 'green',
};

export function checklistViewOf(
  checklist: Checklist,
  info: SessionInfo,
  chosen: TargetId | undefined,
): ChecklistView {
  const names = new Map(info.targets.map(target => [target.target, named(target)]));
  const nameOf = (target: TargetId) => names.get(target) ?? named(formerName(target));
  return {
    checklist,
    items: checklist.items.map(item => ({
      ...nameOf(item.target),
      ...itemOf(item),
      chosen: item.target === chosen,
    })),
  };
}

function itemOf({ state, moves }: ChecklistItem): Omit<ItemView, keyof NamedTarget | 'chosen'> {
  const last = moves.at(-1);
  const lengthMs = last && lengthOf(last);
  const overBudget = last?.overBudget ?? false;
  const concern = LIGHTS[state] === 'green' && moves.some(move => move.overBudget);
  return {
    ...{ state, overBudget },
    light: concern ? 'amber' : LIGHTS[state],
    unclear: last !== undefined && !last.sure,
    ...(last && { at: last.startedAt }),
    ...(lengthMs !== undefined && { lengthMs }),
    ...(last?.stuntimeMs !== undefined && { stuntimeMs: last.stuntimeMs }),
  };
}
