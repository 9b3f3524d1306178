import { type TimeFormat, timeFormatOf } from '../../core/format/time-of-day.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { type ClockView, clockOf } from '../graph/clock-graph.js';
import { type JobView, jobOf } from '../graph/job-graph.js';
import { type PlaybackView, playbackOf } from '../graph/playback-graph.js';
import type { Controls } from '../model/controls.js';
import { type ChecklistView, checklistViewOf } from './checklist.js';
import { type ChosenView, chosenOf } from './chosen.js';
import { type ChosenDetails, chosenDetailsOf } from './detail.js';
import { downOf } from './down.js';
import { type EventPageView, openPageOf } from './event-page.js';
import { type EventView, eventsOf, unseenIn } from './events.js';
import type { ViewInputs, ViewSize } from './inputs.js';
import { chosenIn, listIn } from './listed.js';
import { recentNotes } from './narration.js';
import { type ComparisonRow, comparisonOf, type ReplayView, replayOf } from './replay.js';
import { type StatusView, statusOf } from './status.js';
import { type TargetsView, targetsOf } from './targets.js';
import { type TitleView, titleOf } from './title.js';
import { type TourView, tourOf } from './tour.js';
import { type WallView, wallOf } from './wall.js';

/** The content of a screen, as plain data; text from outside is already printable. */
export interface View extends ChosenDetails {
  now: Millis;
  controls: Controls;
  /** Formats times of day. */
  wall: TimeFormat;
  title: TitleView;
  targets: TargetsView;
  /** The chosen target's clock, if it has a clock witness. */
  clock: ClockView | undefined;
  /** The viewer of the chosen target's stream, if there is one. */
  playback: PlaybackView | undefined;
  /** The chosen target's migration as its hypervisor reports it, if there is one. */
  job: JobView | undefined;
  chosen: ChosenView | undefined;
  /** The latest notes until now, oldest first. */
  narration: readonly Note[];
  events: readonly EventView[];
  /** All targets as cells, while the wall is shown. */
  wallView: WallView | undefined;
  /** The captions of the tour, while there is one. */
  tour: TourView | undefined;
  /** The page of an event, while it is open. */
  page: EventPageView | undefined;
  /** The number of red events that the user has not looked at; 0 in a replay. */
  unseen: number;
  status: StatusView;
  /** The chosen target's histogram, while it is shown. */
  histogram: readonly HistogramBar[];
  holdMs: Millis;
  /** Undefined unless a maintenance is shown. */
  checklist: ChecklistView | undefined;
  /** Absent while live. */
  replay: ReplayView | undefined;
  comparison: readonly ComparisonRow[];
}

/** How many RTTs lie in a range. */
export interface HistogramBar {
  from: Millis;
  to: Millis;
  count: number;
}

/** The view of a session. Pure: the same moment and controls give the same view. */
export function viewOf(moment: ViewInputs, controls: Controls, detail: ViewSize): View {
  const { state, info, now, holdMs, recording, replay } = moment;
  const events = state.events.newestFirst();
  const list = listIn(moment, controls);
  const chosen = chosenIn(moment, list, controls);
  const look = chosenDetailsOf(moment, chosen, events, controls, detail);
  const { graph } = look;
  const unseen = replay ? new Set<string>() : unseenIn(events, controls);
  return {
    now,
    controls,
    wall: timeFormatOf(controls.zone, now),
    title: titleOf(state, info, now),
    targets: targetsOf(moment, list, chosen?.target, detail),
    ...look,
    clock: chosen && clockOf(state.of(chosen.target).clock, graph, graph.cells, detail.across),
    playback: chosen && playbackOf(chosen.stream, state.of(chosen.target).playback, graph, detail.across),
    chosen: chosen && chosenOf(moment, chosen),
    job: chosen && jobOf(state.of(chosen.target).jobs, graph, detail.across),
    narration: recentNotes(moment.notes ?? [], now),
    events: eventsOf(events, info, controls, detail, {
      unseen,
      checklist: moment.checklist,
      down: target => downOf(state.of(target), info.intervalMs, now),
    }),
    wallView: detail.wall && wallOf(moment, list, chosen, controls.wallBy, detail.wall),
    tour: tourOf(moment, controls),
    page: openPageOf(moment, controls, { cells: detail.cells, across: detail.across }),
    unseen: unseen.size,
    status: statusOf(info, recording, moment.bell ?? false, controls.dismissed),
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
