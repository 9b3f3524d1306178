import { type TimeFormat, timeFormatOf } from '../../core/format/time-of-day.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { type ClockView, clockOf } from '../graph/clock-graph.js';
import { type PlaybackView, playbackOf } from '../graph/playback-graph.js';
import type { Controls } from '../model/controls.js';
import { type ChecklistView, checklistViewOf } from './checklist.js';
import { type ChosenView, chosenOf } from './chosen.js';
import { type DetailViews, detailViewsOf } from './detail.js';
import { type EventView, eventsOf } from './events.js';
import type { Detail, ViewInputs } from './inputs.js';
import { chosenIn, listIn } from './listed.js';
import { narrationOf } from './narration.js';
import { type ComparisonRow, comparisonOf, type ReplayView, replayOf } from './replay.js';
import { type StatusView, statusOf } from './status.js';
import { type TargetsView, targetsOf } from './targets.js';
import { type TitleView, titleOf } from './title.js';

/** All that a screen shows, as plain data; text from outside is printable already. */
export interface View extends DetailViews {
  now: Millis;
  controls: Controls;
  /** Tells times of day. */
  wall: TimeFormat;
  title: TitleView;
  targets: TargetsView;
  /** Of the chosen target, where it tells its clock. */
  clock: ClockView | undefined;
  /** Of the chosen target, where a viewer plays its stream. */
  playback: PlaybackView | undefined;
  chosen: ChosenView | undefined;
  /** What was told of it until now, oldest first. */
  narration: readonly Note[];
  events: readonly EventView[];
  status: StatusView;
  /** Of the chosen target, where it is asked for. */
  histogram: readonly Bar[];
  holdMs: Millis;
  /** Absent outside of maintenance mode, and where it is not asked for. */
  checklist: ChecklistView | undefined;
  /** Absent while live. */
  replay: ReplayView | undefined;
  comparison: readonly ComparisonRow[];
}

/** How many RTTs lie in a range. */
export interface Bar {
  from: Millis;
  to: Millis;
  count: number;
}

/** What is shown of a session. Pure: the same moment and controls give the same view. */
export function viewOf(moment: ViewInputs, controls: Controls, detail: Detail): View {
  const { state, info, now, holdMs, recording, replay } = moment;
  const events = state.events.newestFirst();
  const list = listIn(moment, controls);
  const chosen = chosenIn(moment, list, controls);
  const look = detailViewsOf(moment, chosen, events, controls, detail);
  const { graph } = look;
  return {
    now,
    controls,
    wall: timeFormatOf(controls.zone, now),
    title: titleOf(state, info, now),
    targets: targetsOf(moment, list, chosen?.target, detail),
    ...look,
    clock: chosen && clockOf(state.of(chosen.target).clock, graph, graph.cells, detail.across),
    playback: chosen && playbackOf(chosen.stream, state.of(chosen.target).playback, graph, detail.across),
    chosen: chosen && chosenOf(state, info, chosen, now),
    narration: narrationOf(moment.notes ?? [], now),
    events: eventsOf(events, info, controls, detail),
    status: statusOf(info, recording, moment.bell ?? false),
    histogram: controls.histogram && chosen ? state.tally.of(chosen.target).rtt.bars(detail.bars) : [],
    holdMs,
    checklist:
      controls.checklist && moment.checklist
        ? checklistViewOf(moment.checklist, info, chosen?.target)
        : undefined,
    replay: replay && replayOf(replay, now),
    comparison: replay ? comparisonOf(replay, info.targets, now, detail.events) : [],
  };
}
