import type { EventKind, Light } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { SessionInfo, TargetInfo } from '../core/session.js';
import type { RecordingState } from '../recording/record-switch.js';
import { bucketed } from './buckets.js';
import { type ClockView, clockOf } from './clock-graph.js';
import { type Controls, chosenTarget, SPANS } from './controls.js';
import type { LoggedEvent } from './eventlog.js';
import { endAround, type GraphView, graphOf, windowOf } from './graph.js';
import { type NamedTarget, named, namedTarget } from './named.js';
import { type ComparisonRow, comparisonOf, type ReplayState, type ReplayView, replayOf } from './replay.js';
import type { Fate } from './ring.js';
import type { SessionState, TargetState } from './state.js';
import { printable } from './text.js';

/** How much of everything there is room for. */
export interface Detail {
  rows: number;
  /** Characters of a sparkline. */
  spark: number;
  /** Characters across the graph, and dots across a character. */
  cells: number;
  across: number;
  events: number;
  /** Bars of a histogram. */
  bars: number;
}

/** A session at one moment. */
export interface Moment {
  state: SessionState;
  info: SessionInfo;
  now: Millis;
  /** How long a light stays red. */
  holdMs: Millis;
  /** Of the recording that is being made. */
  recording?: RecordingState | undefined;
  /** Of the recording that is being played. */
  replay?: ReplayState | undefined;
}

/** All that a screen shows, as plain data; text from outside is printable already. */
export interface View {
  now: Millis;
  controls: Controls;
  title: TitleView;
  targets: TargetsView;
  graph: GraphView;
  /** Of the chosen target, where it tells its clock. */
  clock: ClockView | undefined;
  chosen: ChosenView | undefined;
  events: readonly EventView[];
  status: StatusView;
  /** Of the chosen target, where it is asked for. */
  histogram: readonly Bar[];
  holdMs: Millis;
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

export interface TitleView {
  version: string;
  runningMs: Millis;
  lights: Record<Light, number>;
}

export interface TargetsView {
  rows: readonly RowView[];
  /** Index of the first row among all. */
  first: number;
  all: number;
  sparkMs: Millis;
}

export interface RowView extends NamedTarget {
  chosen: boolean;
  /** Undefined until the first step. */
  light: Light;
  last: { fate: Fate; rttMs: Millis };
  medianMs: Millis | undefined;
  p99Ms: Millis | undefined;
  loss: number;
  spark: readonly SparkCell[];
}

/** The worst of a moment: its largest RTT as a multiple of the median, or a fate that is no reply. */
export interface SparkCell {
  fate: Fate;
  ratio: number;
}

export interface ChosenView extends NamedTarget {
  address: string;
  light: Light;
  /** Who sees it: echo, clock, announce. */
  witnesses: readonly string[];
  since: Millis | undefined;
  why: string;
  detectors: { name: string; state: string; why: string }[];
}

export interface EventView extends NamedTarget {
  kind: EventKind;
  open: boolean;
  startedAt: Millis;
  blackoutMs?: { estimate: Millis; low: Millis; high: Millis };
  stuntimeMs?: Millis;
  confidence: number;
  evidence: string;
  /** The graph was moved to it. */
  shown: boolean;
}

export interface StatusView {
  backends: string;
  intervalMs: Millis;
  packetsPerSecond: number;
  notices: readonly string[];
  recording: RecordingState | undefined;
}

/** What is shown of a session. Pure: the same moment and controls give the same view. */
export function viewOf(moment: Moment, controls: Controls, detail: Detail): View {
  const { state, info, now, holdMs, recording, replay } = moment;
  const events = state.events.newestFirst();
  const ids = info.targets.map(({ target }) => target);
  const chosen = info.targets[ids.indexOf(chosenTarget(controls, ids)!)];
  const graph = chosenGraph(state, chosen?.target, events, now, controls, detail);
  return {
    now,
    controls,
    title: titleOf(state, info, now),
    targets: targetsOf(state, info, now, chosen?.target, detail),
    graph,
    clock: chosen && clockOf(state.of(chosen.target).clock, graph, graph.cells, detail.across),
    chosen: chosen && chosenOf(state, info, chosen, now),
    events: eventsOf(events, info, controls, detail),
    status: {
      backends: [...new Set(info.targets.map(({ backend }) => printable(backend)))].join(', '),
      intervalMs: info.intervalMs,
      packetsPerSecond: info.packetsPerSecond,
      notices: info.notices.map(printable),
      recording: recording && {
        ...recording,
        name: printable(recording.name),
        ...(recording.trouble !== undefined && { trouble: printable(recording.trouble) }),
      },
    },
    histogram: controls.histogram && chosen ? state.tally.of(chosen.target).rtt.bars(detail.bars) : [],
    holdMs,
    replay: replay && replayOf(replay, now),
    comparison: replay ? comparisonOf(replay, info.targets, now, detail.events) : [],
  };
}

function titleOf(state: SessionState, info: SessionInfo, now: Millis): TitleView {
  const lights = { green: 0, amber: 0, red: 0 };
  for (const { target } of info.targets) lights[lightOf(state.of(target), info, now).light]++;
  return { version: printable(info.version), runningMs: now - info.startedAt, lights };
}

/** The page of the list that holds the chosen target. */
function targetsOf(
  state: SessionState,
  info: SessionInfo,
  now: Millis,
  chosen: TargetId | undefined,
  { rows, spark }: Detail,
): TargetsView {
  const all = info.targets.length;
  const index = Math.max(
    0,
    info.targets.findIndex(({ target }) => target === chosen),
  );
  const page = Math.floor(index / Math.max(1, rows)) * rows;
  const first = Math.max(0, Math.min(page, all - rows));
  const sparkMs = Math.max(1000, info.intervalMs);
  const shown = info.targets.slice(first, first + rows);
  return {
    rows: shown.map(target => rowOf(state, info, target, now, target.target === chosen, spark, sparkMs)),
    first,
    all,
    sparkMs,
  };
}

function rowOf(
  state: SessionState,
  info: SessionInfo,
  target: TargetInfo,
  now: Millis,
  chosen: boolean,
  cells: number,
  cellMs: Millis,
): RowView {
  const known = state.of(target.target);
  const { probes } = known;
  const tally = state.tally.of(target.target);
  const medianMs = tally.rtt.quantile(0.5);
  const window = windowOf(now, cells * cellMs, cells);
  const { max, fate } = bucketed(probes, window.from, window.to, cells);
  return {
    ...named(target),
    chosen,
    light: lightOf(known, info, now).light,
    last: probes.last(),
    medianMs,
    p99Ms: tally.rtt.quantile(0.99),
    loss: tally.lossRate,
    spark: Array.from(fate, (worst, cell) => ({ fate: worst as Fate, ratio: max[cell]! / (medianMs ?? 1) })),
  };
}

/** Green is a promise: where nothing is measured, there is none. */
function lightOf(
  { light, heardAt }: TargetState,
  { startedAt, timeoutMs, intervalMs }: SessionInfo,
  now: Millis,
): { light: Light; why: string; at?: Millis } {
  const silentSince = Math.max(heardAt, startedAt);
  const silent = now - silentSince > Math.max(timeoutMs, 3 * intervalMs) + NOT_MEASURED_MS;
  if (silent && light?.light !== 'red')
    return { light: 'amber', why: 'nothing is measured', at: silentSince };
  return light ?? { light: 'green', why: '' };
}

const NOT_MEASURED_MS: Millis = 2000;

function chosenGraph(
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

function chosenOf(state: SessionState, info: SessionInfo, target: TargetInfo, now: Millis): ChosenView {
  const known = state.of(target.target);
  const { light, why, at } = lightOf(known, info, now);
  const { verdicts } = known;
  return {
    ...named(target),
    address: printable(target.address),
    witnesses: target.witnesses.map(printable),
    light,
    since: at,
    why: printable(why),
    detectors: verdicts.map(({ detector, verdict }) => ({
      name: printable(detector),
      state: verdict.state,
      why: printable(verdict.why),
    })),
  };
}

function eventsOf(
  events: readonly LoggedEvent[],
  info: SessionInfo,
  controls: Controls,
  detail: Detail,
): EventView[] {
  const index = events.findIndex(({ event }) => event.id === controls.event);
  const first = Math.max(0, index - detail.events + 1);
  return events.slice(first, first + detail.events).map(({ event }) => ({
    ...namedTarget(event.target, info.targets),
    kind: event.kind,
    open: event.state === 'open',
    startedAt: event.startedAt,
    blackoutMs: event.blackoutMs,
    stuntimeMs: event.stuntimeMs,
    confidence: event.confidence,
    evidence: event.evidence.map(({ summary }) => printable(summary)).join('; '),
    shown: event.id === controls.event,
  }));
}
