import type { MigrationEvent } from '../event.js';
import { getOrMake } from '../get-or-make.js';
import { BOUNDS } from '../judge/event-codecs.js';
import { MAX_TARGETS, type TargetId } from '../sample.js';
import {
  anyNumber,
  type Json,
  list,
  mapOf,
  moment,
  object,
  optional,
  part,
  type Stateful,
  text,
  truth,
} from '../validation/saved-state.js';
import { type Checklist, checklistOf, type MaintenancePlan, type Move } from './checklist.js';

/** Limit of stored moves per target. */
const MAX_MOVES = 50;
/** A mark that no move has used yet. */
const UNUSED = '';

const MOVE = object<Move>({
  id: text,
  sure: truth,
  open: truth,
  expected: truth,
  unreported: optional(truth),
  startedAt: moment,
  endedAt: optional(moment),
  blackoutMs: optional(BOUNDS),
  stuntimeMs: optional(anyNumber),
});
const STATE = part<{
  on: boolean;
  budgetMs: number | undefined;
  marks: Map<TargetId, string>;
  moves: Map<TargetId, Move[]>;
}>(1, {
  on: truth,
  budgetMs: optional(anyNumber),
  marks: mapOf(text, MAX_TARGETS),
  moves: mapOf(list(MOVE, MAX_MOVES), Number.MAX_SAFE_INTEGER),
});

/**
 * Maintenance mode: which targets are expected to move, and which did. Each mark covers one move, so a second one is as
 * unexpected as a move of an unmarked target. Pure: its inputs are the plan and the events.
 */
export class Maintenance implements Stateful {
  private on = false;
  private budgetMs: number | undefined;
  /** The marked targets, with the id of the event that used the mark. */
  private marks = new Map<TargetId, string>();
  private moves = new Map<TargetId, Map<string, Move>>();

  /** From now on these targets are expected to move. Targets that were marked before keep their mark, used or not. */
  expect({ targets, budgetMs }: MaintenancePlan): void {
    this.on = true;
    this.budgetMs = budgetMs;
    const marked = new Set(targets.slice(0, MAX_TARGETS));
    for (const target of [...this.marks.keys()]) if (!marked.has(target)) this.marks.delete(target);
    for (const target of marked) getOrMake(this.marks, target, () => UNUSED);
  }

  /** Begins anew, as if this plan had applied to all these events. */
  restart(plan: MaintenancePlan, events: readonly MigrationEvent[]): void {
    this.marks.clear();
    this.moves.clear();
    this.expect(plan);
    this.note(events);
  }

  /** Whether this event, if it is a move, is covered by the mark of its target. */
  expects(target: TargetId, eventId: string): boolean {
    const known = this.moves.get(target)?.get(eventId);
    // A move may be reported late: until then it does not use the mark.
    return known && !known.unreported ? known.expected : this.marks.get(target) === UNUSED;
  }

  /** The events with `expected` added; unchanged outside of maintenance mode. */
  note(events: readonly MigrationEvent[]): readonly MigrationEvent[] {
    return this.on && events.length > 0 ? events.map(event => this.recordOne(event)) : events;
  }

  /** The current checklist; `over`: the maintenance is finished. Undefined outside of maintenance mode. */
  checklist(over = false): Checklist | undefined {
    if (!this.on) return undefined;
    const { budgetMs } = this;
    const targets = new Set([...this.marks.keys(), ...this.moves.keys()]);
    const entries = [...targets].map(target => ({
      target,
      marked: this.marks.has(target),
      waiting: this.marks.get(target) === UNUSED,
      moves: [...(this.moves.get(target)?.values() ?? [])],
    }));
    return checklistOf(entries, { over, ...(budgetMs !== undefined && { budgetMs }) });
  }

  save(): Json {
    const { on, budgetMs, marks } = this;
    const moves = new Map([...this.moves].map(([target, known]) => [target, [...known.values()]]));
    return STATE.save({ on, budgetMs, marks, moves });
  }

  load(saved: Json): void {
    const { moves, ...state } = STATE.load(saved);
    this.on = state.on;
    this.budgetMs = state.budgetMs;
    this.marks = state.marks;
    this.moves = new Map(
      [...moves].map(([target, known]) => [target, new Map(known.map(move => [move.id, move]))]),
    );
  }

  private recordOne(event: MigrationEvent): MigrationEvent {
    const { id, target } = event;
    if (!isMove(event)) {
      this.forget(target, id);
      return { ...event, expected: false };
    }
    const expected = !isUnreported(event) && this.expects(target, id);
    if (expected && this.marks.has(target)) this.marks.set(target, id);
    if (!expected) this.unmark(target, id);
    const moves = getOrMake(this.moves, target, () => new Map<string, Move>());
    moves.set(id, moveOf(event, expected));
    if (moves.size > MAX_MOVES) moves.delete(moves.keys().next().value!);
    return { ...event, expected };
  }

  /** The event is not a move after all, so the mark is free for the next one. */
  private forget(target: TargetId, id: string): void {
    const moves = this.moves.get(target);
    moves?.delete(id);
    if (moves?.size === 0) this.moves.delete(target);
    this.unmark(target, id);
  }

  /** The mark is free again if this event used it. */
  private unmark(target: TargetId, id: string): void {
    if (this.marks.get(target) === id) this.marks.set(target, UNUSED);
  }
}

function isUnreported({ reported }: MigrationEvent): boolean {
  return reported?.state === 'unreported';
}

/** A migration or, with echoes alone, the clean gap that it leaves. A ghost is never a planned move. */
function isMove(event: MigrationEvent): boolean {
  return event.kind !== 'ghost' && event.red;
}

function moveOf(event: MigrationEvent, expected: boolean): Move {
  const { id, kind, state, startedAt, endedAt, blackoutMs, stuntimeMs } = event;
  return {
    ...{ id, sure: kind === 'migration', open: state === 'open', expected, startedAt },
    ...(isUnreported(event) && { unreported: true }),
    ...(endedAt !== undefined && { endedAt }),
    ...(blackoutMs && { blackoutMs }),
    ...(stuntimeMs !== undefined && { stuntimeMs }),
  };
}
