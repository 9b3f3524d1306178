import { type ScaleBounds, scaleBoundsOf } from '../graph/scaling.js';
import { isGroup, stopsOf } from '../list/groups.js';
import type { Choices, Controls } from '../model/controls.js';
import { detectorsByDecision } from './deciding.js';
import type { ViewInputs } from './inputs.js';
import { chosenIn, listIn } from './listed.js';
import type { View } from './view.js';

/** The choices at a moment; `drawn` is the last view, and `range` the scale that was given on the command line. */
export function choicesOf(
  moment: ViewInputs,
  controls: Controls,
  drawn?: View,
  range?: ScaleBounds,
): Choices {
  const { state, info, now } = moment;
  const list = listIn(moment, controls);
  const chosen = chosenIn(moment, list, controls)?.target;
  return {
    targets: stopsOf(list.rows, chosen),
    page: Math.max(1, drawn?.targets.rows.length ?? 1),
    groups: list.rows.filter(isGroup),
    events: state.events.newestFirst().map(({ event }) => event),
    now,
    notices: info.notices,
    offered: drawn?.tour?.offered,
    wall: drawn?.wallView?.rows,
    began: info.startedAt,
    window: drawn?.graph ?? { from: now, to: now, cells: 1 },
    bounds: () => range ?? scaleBoundsOf(info.targets.map(({ target }) => state.tally.of(target).rtt)),
    detectors: chosen === undefined ? [] : detectorsByDecision(moment, chosen, controls),
  };
}
