import type { Millis, TargetId } from '../../core/sample.js';
import { type Controls, SPANS } from '../controls.js';
import type { LoggedEvent } from '../eventlog.js';
import { endAround, type GraphView, graphOf, windowOf } from '../graph.js';
import type { SessionState } from '../state.js';
import type { Detail } from '../view.js';

export function chosenGraph(
  state: SessionState,
  target: TargetId | undefined,
  events: readonly LoggedEvent[],
  now: Millis,
  controls: Controls,
  { cells, across }: Detail,
): GraphView {
  const span = SPANS[controls.span]!;
  const shown = state.events.get(controls.event);
  const end = shown ? endAround(shown.event.startedAt, span, now) : now;
  const window = windowOf(end, span, Math.max(1, cells));
  const probes = target === undefined ? NO_PROBES : state.of(target).probes;
  // What the ring no longer holds was kept with the event.
  const forgotten = shown?.excerpt && probes.reachesBack > shown.event.startedAt;
  const own = events.filter(({ event }) => event.target === target);
  return graphOf(forgotten ? shown.excerpt! : probes, own, window, { cells: Math.max(1, cells), across });
}

const NO_PROBES = { since: () => {}, reachesBack: Infinity };
