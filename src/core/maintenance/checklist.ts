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
  /** The id of its event. */
  id: string;
  /** False without a clock or announcements: echoes alone cannot distinguish a migration from a pulled cable. */
  sure: boolean;
  open: boolean;
  expected: boolean;
  /** Its hypervisor was connected throughout, and did not report it. */
  unreported?: boolean;
  startedAt: Millis;
  endedAt?: Millis;
  blackoutMs?: Bounds;
  stuntimeMs?: Millis;
}

/** Every state of an item, the most urgent first. */
export const ITEM_STATES = [
  ...(['unexpected', 'unreported', 'moved twice', 'not moved', 'moving', 'waiting', 'moved'] as const),
] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** A move, and whether its blackout was longer than the budget, by its estimate. */
export interface BudgetedMove extends Move {
  overBudget: boolean;
}

/** The state of a target on the list, or of one that moved without being on it. */
export interface ChecklistItem {
  target: TargetId;
  state: ItemState;
  /** Oldest first. */
  moves: readonly BudgetedMove[];
}

/** The expected moves, and what has happened so far. */
export interface Checklist {
  budgetMs?: Millis;
  /** The most urgent first, then by the newest move. */
  items: readonly ChecklistItem[];
  /** Targets that were marked, and those of them that moved. */
  expected: number;
  moved: number;
  moving: number;
  /** Targets that moved twice, and those that moved without being marked. */
  twice: number;
  unexpected: number;
  /** Marked targets with a move that their hypervisor did not report; absent in old recordings. */
  unreported?: number;
  /** Moves whose blackout was longer than the budget. */
  overBudget: number;
}

/** A target in maintenance mode. */
export interface ChecklistEntry {
  target: TargetId;
  marked: boolean;
  /** Marked, and has not moved yet. */
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
    unreported: count('unreported'),
    overBudget: items.flatMap(({ moves }) => moves).filter(({ overBudget }) => overBudget).length,
  };
}

/** Targets with a move over budget, to be counted beside other targets. */
export function targetsOverBudget({ items }: Pick<Checklist, 'items'>): number {
  return items.filter(({ moves }) => moves.some(({ overBudget }) => overBudget)).length;
}

/** Whether every target on the list moved once, within the budget, and no other moved. */
export function isPassed(checklist: Checklist): boolean {
  const { expected, moved, twice, unexpected, unreported = 0, overBudget } = checklist;
  return moved === expected && twice + unexpected + unreported + overBudget === 0;
}

type Lengths = Pick<Move, 'blackoutMs' | 'stuntimeMs'>;

/** How long the target did not answer during a move: the blackout, or else the stuntime. */
export function lengthOf({ blackoutMs, stuntimeMs }: Lengths): Millis | undefined {
  return blackoutMs?.estimate ?? stuntimeMs;
}

/** Whether a finished move took longer than the budget. */
export function isOverBudget(move: Lengths, budgetMs: Millis | undefined): boolean {
  return budgetMs !== undefined && (lengthOf(move) ?? 0) > budgetMs;
}

function isMoving(moves: readonly Move[]): boolean {
  return moves.at(-1)?.open ?? false;
}

function stateOf({ marked, waiting, moves }: ChecklistEntry, over: boolean): ItemState {
  if (marked && moves.some(({ unreported }) => unreported)) return 'unreported';
  if (moves.some(({ expected }) => !expected))
    return moves.some(({ expected }) => expected) ? 'moved twice' : 'unexpected';
  if (isMoving(moves)) return 'moving';
  if (waiting) return over ? 'not moved' : 'waiting';
  return 'moved';
}

function byConcern(a: ChecklistItem, b: ChecklistItem): number {
  return rankOf(a) - rankOf(b) || latestOf(b) - latestOf(a);
}

const OVER_BUDGET_RANK = ITEM_STATES.indexOf('moved twice') + 0.5;

/** A target with a move over budget comes right after unexpected moves. */
function rankOf({ state, moves }: ChecklistItem): number {
  const rank = ITEM_STATES.indexOf(state);
  return moves.some(({ overBudget }) => overBudget) ? Math.min(OVER_BUDGET_RANK, rank) : rank;
}

function latestOf({ moves }: ChecklistItem): Millis {
  return moves.at(-1)?.startedAt ?? -Infinity;
}
