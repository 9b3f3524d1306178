import type { TargetInfo } from '../../core/session-info.js';
import type { GraphView } from '../graph/graph.js';
import type { LoggedEvent } from '../history/event-log.js';
import type { Controls } from '../model/controls.js';
import { type CursorView, cursorOf } from './cursor.js';
import { type FiguresView, figuresOf } from './figures.js';
import { chosenGraph, historyRangeOf, shownWindow, slotsOf } from './graph.js';
import type { ViewInputs, ViewSize } from './inputs.js';
import { type OtherObserversView, otherObserversOf } from './other-observers.js';
import { type StatisticView, statisticOf } from './statistic.js';

/** The graphs and figures of the chosen target. */
export interface ChosenDetails {
  graph: GraphView;
  /** The graph of another observer of the target. */
  otherObserver: OtherObserversView | undefined;
  /** The cursor. */
  cursor: CursorView | undefined;
  statistic: StatisticView | undefined;
  figures: FiguresView | undefined;
}

const NOTHING_CHOSEN = {
  otherObserver: undefined,
  cursor: undefined,
  statistic: undefined,
  figures: undefined,
};

export function chosenDetailsOf(
  moment: ViewInputs,
  chosen: TargetInfo | undefined,
  events: readonly LoggedEvent[],
  controls: Controls,
  detail: ViewSize,
): ChosenDetails {
  const { state, now, notes = [] } = moment;
  const { across } = detail;
  const target = chosen?.target;
  const window = shownWindow(state, now, controls, detail);
  const past = historyRangeOf(state, target, window, controls, across);
  const graph = chosenGraph(target, past, window, { events, notes, across });
  if (target === undefined) return { graph, ...NOTHING_CHOSEN };
  const { verdicts, history } = state.of(target);
  const slots = slotsOf(state, target, window, across);
  const { cursor, statistic, figures } = controls;
  const detector = verdicts.findIndex(verdict => verdict.detector === statistic);
  const session = { tally: state.tally.of(target), jitter: history.jitter.value };
  return {
    graph,
    otherObserver: otherObserversOf(moment, chosen!, window, controls, { events, across }),
    cursor: cursor && cursorOf(cursor.at, graph, past, slots, verdicts),
    statistic:
      verdicts[detector] && statisticOf(slots, detector, verdicts[detector], window, { across, now }),
    figures: figures ? figuresOf(past, window, now, session) : undefined,
  };
}
