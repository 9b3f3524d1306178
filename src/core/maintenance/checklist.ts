import type { Bounds } from '../event.js';
import type { Millis, TargetId } from '../sample.js';

/** The operator's plan: which targets are going to move, and the longest acceptable blackout. */
export interface MaintenancePlan {
  targets: readonly TargetId[];
  /** For one blackout, by its estimate. */
  budgetMs?: Millis;
}

/** One move of one target, as last reported. */
export interface Move {
  /** Of its event. */
  id: string;
  /** False if there are echoes only, which cannot tell a migration from a pulled cable. */
  sure: boolean;
  open: boolean;
  expected: boolean;
  startedAt: Millis;
  endedAt?: Millis;
  blackoutMs?: Bounds;
  stuntimeMs?: Millis;
}

/** Every state of an item, the ones to look at first. */
export const ITEM_STATES = ['unexpected', 'moved twice', 'not moved', 'moving', 'waiting', 'moved'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** A move beside its budget: longer than it may be, by its estimate, once it is over. */
export interface BudgetedMove extends Move {
  overBudget: boolean;
}

/** How a target on the list stands, or one that moved without being on it. */
export interface ChecklistItem {
  target: TargetId;
  state: ItemState;
  /** Oldest first. */
  moves: readonly BudgetedMove[];
}

/** The list of those that are going to move, as far as they have. */
export interface Checklist {
  budgetMs?: Millis;
  /** What asks for a look first, then the newest move. */
  items: readonly ChecklistItem[];
  /** Targets that were marked, and those of them that moved. */
  expected: number;
  moved: number;
  moving: number;
  /** Targets that moved twice, and those that moved without being marked. */
  twice: number;
  unexpected: number;
  /** Moves whose blackout was longer than the budget. */
  overBudget: number;
}

/** A target in maintenance mode. */
export interface ChecklistEntry {
  target: TargetId;
  marked: boolean;
  /** Marked for a move that has not come. */
  waiting: boolean;
  moves: readonly Move[];
}

/** Builds the checklist. `over`: the maintenance is finished, so targets still waiting did not move. */
export function checklistOf(
  entries: readonly ChecklistEntry[],
  { over, budgetMs }: { over: boolean; budgetMs?: Millis },
): Checklist {
  const items = entries.map(entry => ({
    target: entry.target,
    state: stateOf(entry, over),
    moves: entry.moves.map(move => ({ ...move, overBudget: !move.open && isOverBudget(move, budgetMs) })),
  }));
  const count = (state: ItemState) => items.filter(item => item.state === state).length;
  return {
    ...(budgetMs !== undefined && { budgetMs }),
    items: items.sort(byConcern),
    expected: entries.filter(({ marked }) => marked).length,
    moved: entries.filter(({ marked, waiting, moves }) => marked && !waiting && !isMoving(moves)).length,
    moving: count('moving'),
    twice: count('moved twice'),
    unexpected: count('unexpected'),
    overBudget: items.flatMap(({ moves }) => moves).filter(({ overBudget }) => overBudget).length,
  };
}

/** Every target on the list moved, once, within the budget, and no other did. */
export function isPassed({ expected, moved, twice, unexpected, overBudget }: Checklist): boolean {
  return moved === expected && twice + unexpected + overBudget === 0;
}

type Lengths = Pick<Move, 'blackoutMs' | 'stuntimeMs'>;

/** How long a move kept its target from answering: the blackout, or what is nearest to it. */
export function lengthOf({ blackoutMs, stuntimeMs }: Lengths): Millis | undefined {
  return blackoutMs?.estimate ?? stuntimeMs;
}

/** Whether a move that is over took longer than it may. */
export function isOverBudget(move: Lengths, budgetMs: Millis | undefined): boolean {
  return budgetMs !== undefined && (lengthOf(move) ?? 0) > budgetMs;
}

function isMoving(moves: readonly Move[]): boolean {
  return moves.at(-1)?.open ?? false;
}

function stateOf({ waiting, moves }: ChecklistEntry, over: boolean): ItemState {
  if (moves.some(({ expected }) => !expected))
    return moves.some(({ expected }) => expected) ? 'moved twice' : 'unexpected';
  if (isMoving(moves)) return 'moving';
  if (waiting) return over ? 'not moved' : 'waiting';
  return 'moved';
}

function byConcern(a: ChecklistItem, b: ChecklistItem): number {
  return rankOf(a) - rankOf(b) || latestOf(b) - latestOf(a);
}

/** A move over budget stands right behind those that should not have been. */
function rankOf({ state, moves }: ChecklistItem): number {
  const rank = ITEM_STATES.indexOf(state);
  return moves.some(({ overBudget }) => overBudget) ? Math.min(1.5, rank) : rank;
}

function latestOf({ moves }: ChecklistItem): Millis {
  return moves.at(-1)?.startedAt ?? -Infinity;
}
