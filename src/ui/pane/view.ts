import type { Light } from '../../core/event.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { SessionInfo, TargetInfo } from '../../core/session-info.js';
import type { RecordingState } from '../../recording/record-switch.js';
import { type EventView, eventView } from '../view/events.js';
import type { ViewInputs } from '../view/inputs.js';
import { lightOf } from '../view/light.js';
import { statusOf } from '../view/status.js';
import { rowOf, type TargetRow } from '../view/targets.js';
import { titleOf } from '../view/title.js';

/** The content of a pane, as plain data; text from outside is already printable. */
export interface PaneView {
  lights: Record<Light, number>;
  /** All targets if they fit, else the worst. */
  rows: readonly TargetRow[];
  /** Number of targets. */
  all: number;
  /** The worst target; undefined while all are green. */
  worst: (NamedTarget & { light: Light; why: string }) | undefined;
  newest: EventView | undefined;
  recording: RecordingState | undefined;
  /** The state of the maintenance, if there is one. */
  checklist: Checklist | undefined;
  wall: TimeFormat;
}

const RANK: Record<Light, number> = { red: 2, amber: 1, green: 0 };
const SPARK_MS = 1000;

/** The pane's view of a session: `rows` targets, each with a sparkline of `spark` seconds. Pure. */
export function paneViewOf(
  moment: ViewInputs,
  { rows, spark, wall }: { rows: number; spark: number; wall: TimeFormat },
): PaneView {
  const { state, info, now, recording, checklist } = moment;
  const sparkMs = Math.max(SPARK_MS, info.intervalMs);
  const newest = state.events.newestFirst()[0];
  const worst = worstFirst(moment);
  const shown = rows < info.targets.length ? worst.slice(0, rows) : info.targets;
  return {
    lights: titleOf(state, info, now).lights,
    rows: shown.map(target => rowOf(state, info, target, now, false, spark, sparkMs)),
    all: info.targets.length,
    worst: worst[0] && troubleOf(moment, worst[0], info),
    newest: newest && eventView(newest.event, info),
    recording: statusOf(info, recording, false).recording,
    checklist,
    wall,
  };
}

/** By light, then those with an open event, then by loss, then in the given order. */
function worstFirst({ state, info, now }: ViewInputs): TargetInfo[] {
  const moving = new Set(
    state.events.newestFirst().flatMap(({ event }) => (event.state === 'open' ? event.target : [])),
  );
  return info.targets
    .map(target => ({
      target,
      moving: Number(moving.has(target.target)),
      rank: RANK[lightOf(state.of(target.target), info, now).light],
      loss: state.tally.of(target.target).lossRate,
    }))
    .sort((a, b) => b.rank - a.rank || b.moving - a.moving || b.loss - a.loss)
    .map(({ target }) => target);
}

function troubleOf({ state, now }: ViewInputs, target: TargetInfo, info: SessionInfo): PaneView['worst'] {
  const { light, why } = lightOf(state.of(target.target), info, now);
  return light === 'green' ? undefined : { ...named(target), light, why: printable(why) };
}
