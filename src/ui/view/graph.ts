import { printable } from '../../core/format/text.js';
import type { Note } from '../../core/note.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { columnOf, type GraphView, graphOf, windowOf } from '../graph/graph.js';
import { endOfWindow, SPANS, type Window } from '../graph/window.js';
import { endOf, type LoggedEvent, MARGIN } from '../history/event-log.js';
import { type HistoryRange, rangeOfProbes, rangeOfSlots } from '../history/range.js';
import type { Slots } from '../history/slots.js';
import type { Controls } from '../model/controls.js';
import type { SessionState } from '../model/state.js';
import type { Detail } from './inputs.js';

/** The stretch of time that is looked at. */
export function shownWindow(
  state: SessionState,
  now: Millis,
  controls: Controls,
  { cells }: Pick<Detail, 'cells'>,
): Window {
  const end = endOfWindow(controls, now, state.events.get(controls.event)?.event.startedAt);
  return windowOf(end, SPANS[controls.span]!, Math.max(1, cells));
}

/** Every probe where they are still known, in the ring or beside the event that is looked at; else the slots. */
export function historyRangeOf(
  state: SessionState,
  target: TargetId | undefined,
  { from, to, cells }: Window,
  { event }: Controls,
  across: number,
): HistoryRange {
  if (target === undefined) return NO_HISTORY;
  if (state.of(target).probes.reachesBack <= Math.max(from, beganAt(state, target)))
    return rangeOfProbes(state.of(target).probes);
  const shown = state.events.get(event);
  const around = shown && from >= shown.event.startedAt - MARGIN && to <= endOf(shown.event) + MARGIN;
  if (around && shown.excerpt) return rangeOfProbes(shown.excerpt);
  return rangeOfSlots(slotsOf(state, target, { from, to, cells }, across));
}

/** The slots that suit a window: the session's own, or the recording's where that was entered later. */
export function slotsOf(
  state: SessionState,
  target: TargetId,
  { from, to, cells }: Window,
  across: number,
): Slots {
  const own = state.of(target).history;
  const reaches = own.beganAt <= Math.max(from, beganAt(state, target));
  const source = reaches ? own : (state.recalledOf(target) ?? own);
  return source.slotsFor(from, (to - from) / (cells * across));
}

function beganAt(state: SessionState, target: TargetId): Millis {
  return Math.min(state.of(target).history.beganAt, state.recalledOf(target)?.beganAt ?? Infinity);
}

export function chosenGraph(
  target: TargetId | undefined,
  past: HistoryRange,
  window: Window,
  { events, notes, across }: { events: readonly LoggedEvent[]; notes: readonly Note[]; across: number },
): GraphView {
  const own = events.filter(({ event }) => event.target === target);
  const column = columnOf(window);
  const inside = notes.filter(({ at }) => at >= window.from && at < window.to);
  return {
    ...graphOf(past, own, window, across),
    notes: inside.map(({ at, text }) => ({ column: column(at), text: printable(text) })),
  };
}

const NO_HISTORY = rangeOfProbes({ since: () => {} });
