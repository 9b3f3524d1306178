import { printable } from '../../core/format/text.js';
import type { Note } from '../../core/note.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { columnOf, type GraphView, graphOf, windowOf } from '../graph/graph.js';
import { endOfWindow, TIME_SPANS, type TimeWindow } from '../graph/window.js';
import { EXCERPT_MARGIN_MS, endOf, type LoggedEvent } from '../history/event-log.js';
import { type HistoryReader, rangeOfProbes, rangeOfSlots } from '../history/range.js';
import type { Slots } from '../history/slots.js';
import type { Controls } from '../model/controls.js';
import type { SessionState } from '../model/state.js';
import type { ViewSize } from './inputs.js';

/** The window of the graph. */
export function shownWindow(
  state: SessionState,
  now: Millis,
  controls: Controls,
  { cells }: Pick<ViewSize, 'cells'>,
): TimeWindow {
  const end = endOfWindow(controls, now, state.events.get(controls.event)?.event.startedAt);
  return windowOf(end, TIME_SPANS[controls.span]!, Math.max(1, cells));
}

/** Single probes where they are kept, in the ring or beside the shown event; else the slots. */
export function historyRangeOf(
  state: SessionState,
  target: TargetId | undefined,
  { from, to, cells }: TimeWindow,
  { event }: Controls,
  across: number,
): HistoryReader {
  if (target === undefined) return NO_HISTORY;
  if (state.of(target).probes.reachesBack <= Math.max(from, beganAt(state, target)))
    return rangeOfProbes(state.of(target).probes);
  const shown = state.events.get(event);
  const around =
    shown &&
    from >= shown.event.startedAt - EXCERPT_MARGIN_MS &&
    to <= endOf(shown.event) + EXCERPT_MARGIN_MS;
  if (around && shown.excerpt) return rangeOfProbes(shown.excerpt.probes);
  return rangeOfSlots(slotsOf(state, target, { from, to, cells }, across));
}

/** The slots for a window: the session's own, or the recording's if the session entered it later. */
export function slotsOf(
  state: SessionState,
  target: TargetId,
  { from, to, cells }: TimeWindow,
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
  past: HistoryReader,
  window: TimeWindow,
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
