import type { Light } from '../../core/event.js';
import { printable } from '../../core/format/text.js';
import { observerOf, seenByOthers } from '../../core/observer.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { GraphView } from '../graph/graph.js';
import type { TimeWindow } from '../graph/window.js';
import type { LoggedEvent } from '../history/event-log.js';
import type { Controls } from '../model/controls.js';
import { chosenGraph, historyRangeOf } from './graph.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** The same target as seen by another observer, over the same window. */
export interface OtherObserversView {
  /** The observer's name; empty for this program's own probes. */
  observer: string;
  light: Light;
  graph: GraphView;
}

/** Undefined without another observer. */
export function otherObserversOf(
  { state, info, now }: ViewInputs,
  chosen: TargetInfo,
  window: TimeWindow,
  controls: Controls,
  { events, across }: { events: readonly LoggedEvent[]; across: number },
): OtherObserversView | undefined {
  const target = seenByOthers(
    chosen.target,
    info.targets.map(each => each.target),
  );
  const other = info.targets.find(each => each.target === target);
  if (!other) return undefined;
  const past = historyRangeOf(state, other.target, window, controls, across);
  return {
    observer: printable(observerOf(other.target)),
    light: lightOf(state.of(other.target), info, now).light,
    graph: chosenGraph(other.target, past, window, { events, notes: [], across }),
  };
}
