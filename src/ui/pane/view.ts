import type { Light } from '../../core/event.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { SessionInfo, TargetInfo } from '../../core/session.js';
import type { RecordingState } from '../../recording/record-switch.js';
import { type EventView, eventView } from '../view/events.js';
import type { ViewInputs } from '../view/inputs.js';
import { lightOf } from '../view/light.js';
import { statusOf } from '../view/status.js';
import { type RowView, rowOf } from '../view/targets.js';
import { titleOf } from '../view/title.js';

/** All that a pane shows, as plain data; text from outside is printable already. */
export interface PaneView {
  lights: Record<Light, number>;
  /** Every target where there is room for all, else the worst. */
  rows: readonly RowView[];
  /** Of what a sparkline shows, in targets of which there are this many. */
  all: number;
  /** Who asks for a look most; undefined while all is green. */
  worst: (NamedTarget & { light: Light; why: string }) | undefined;
  newest: EventView | undefined;
  recording: RecordingState | undefined;
  wall: TimeFormat;
}

const RANK: Record<Light, number> = { red: 2, amber: 1, green: 0 };
const SPARK_MS = 1000;

/** What a pane shows of a session: `rows` targets, each with a sparkline of `spark` seconds. Pure. */
export function paneViewOf(
  moment: ViewInputs,
  { rows, spark, wall }: { rows: number; spark: number; wall: TimeFormat },
): PaneView {
  const { state, info, now, recording } = moment;
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
    wall,
  };
}

/** By light, and where that is the same by loss; else in the order in which they were named. */
function worstFirst({ state, info, now }: ViewInputs): TargetInfo[] {
  return info.targets
    .map(target => ({
      target,
      rank: RANK[lightOf(state.of(target.target), info, now).light],
      loss: state.tally.of(target.target).lossRate,
    }))
    .sort((a, b) => b.rank - a.rank || b.loss - a.loss)
    .map(({ target }) => target);
}

function troubleOf({ state, now }: ViewInputs, target: TargetInfo, info: SessionInfo): PaneView['worst'] {
  const { light, why } = lightOf(state.of(target.target), info, now);
  return light === 'green' ? undefined : { ...named(target), light, why: printable(why) };
}
