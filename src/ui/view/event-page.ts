import { type Rival, rivalsOf } from '../../core/causes/rivals.js';
import { type Evidence, type MigrationEvent, unreachableFor } from '../../core/event.js';
import { boundedDuration, duration } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { formerName, type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import { percent } from '../../core/format/units.js';
import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import { type ClockView, clockOf } from '../graph/clock-graph.js';
import { type GraphView, graphOf } from '../graph/graph.js';
import { type BufferTrace, bufferOf } from '../graph/playback-graph.js';
import type { TimeWindow } from '../graph/window.js';
import { rangeOfProbes } from '../history/range.js';
import type { WitnessReader } from '../history/witnesses.js';
import type { Controls } from '../model/controls.js';
import type { SessionState } from '../model/state.js';
import { observationsOf, stepsOf } from './event-steps.js';
import { type MarkRow, markRowsOf, windowAround } from './event-window.js';
import type { ViewInputs } from './inputs.js';

/** Everything that is known about one event; text from outside is already printable. */
export interface EventPageView extends NamedTarget {
  id: string;
  /** Empty if it is the name. */
  address: string;
  kind: string;
  red: boolean;
  startedAt: Millis;
  /** Durations and confidence, the most important first. */
  facts: readonly string[];
  steps: readonly string[];
  /** The verdict in words, and the name of its rule. */
  why: string;
  rule: string;
  evidence: readonly EvidenceLine[];
  /** What contradicts it. */
  against: readonly EvidenceLine[];
  rivals: readonly Rival[];
  axis: EventAxis;
}

export interface EvidenceLine {
  witness: string;
  text: string;
}

/** What the witnesses reported around the event, all over the same window. */
export interface EventAxis {
  graph: GraphView;
  /** Undefined without a reading of the guest's clock in the window. */
  clock: ClockView | undefined;
  /** Undefined if no viewer reported in the window. */
  buffer: BufferTrace | undefined;
  marks: readonly MarkRow[];
  /** Whether single probes of this time are still kept. */
  kept: boolean;
}

/** Whether the page of an event that is still in the log is open. */
export function isPageShown(state: SessionState, { page, event }: Controls): boolean {
  return page !== undefined && state.events.get(event) !== undefined;
}

/** The page that is open. */
export function openPageOf(
  { state, info, now }: Pick<ViewInputs, 'state' | 'info' | 'now'>,
  controls: Controls,
  size: AxisSize,
): EventPageView | undefined {
  const logged = isPageShown(state, controls) ? state.events.get(controls.event) : undefined;
  if (!logged) return undefined;
  const { event, excerpt } = logged;
  const target = info.targets.find(each => each.target === event.target);
  return eventPageOf(event, excerpt ?? state.of(event.target), target, now, size);
}

/** The width of the axis. */
interface AxisSize {
  cells: number;
  across: number;
}

/** The page of an event; `now` ends an event that is still open. Pure. */
export function eventPageOf(
  event: MigrationEvent,
  witnesses: WitnessReader,
  target: TargetInfo | undefined,
  now: Millis,
  size: AxisSize,
): EventPageView {
  const info = target ?? { ...formerName(event.target), address: '-', witnesses: [] };
  const hidden = info.simulated || ['-', info.name].includes(info.address);
  return {
    ...named(info),
    address: hidden ? '' : printable(info.address),
    id: printable(event.id),
    kind: kindWord(event),
    ...{ red: event.red, startedAt: event.startedAt },
    facts: factsOf(event),
    steps: stepsOf(event),
    why: printable(event.evidence[0]?.summary ?? ''),
    rule: printable(event.rule),
    evidence: observationsOf(event).map(evidenceLine),
    against: (event.against ?? []).map(evidenceLine),
    rivals: rivalsOf(event, info.witnesses),
    axis: axisOf(event, witnesses, target, now, size),
  };
}

function factsOf(event: MigrationEvent): string[] {
  const { blackoutMs, freezeMs, startedAt, endedAt, detectedAt } = event;
  const away = unreachableFor(event);
  return [
    blackoutMs ? `blackout ${boundedDuration(blackoutMs)}` : '',
    freezeMs === undefined ? '' : `guest stood still ${duration(freezeMs)}`,
    away === undefined ? '' : `unreachable ${duration(away)}`,
    `first alarm after ${duration(Math.max(0, detectedAt - startedAt))}`,
    endedAt === undefined ? 'not over yet' : `over after ${duration(endedAt - startedAt)}`,
    `${percent(event.confidence)} sure`,
  ].filter(Boolean);
}

function evidenceLine({ witness, summary }: Evidence): EvidenceLine {
  return { witness: printable(witness), text: printable(summary) };
}

function axisOf(
  event: MigrationEvent,
  witnesses: WitnessReader,
  target: TargetInfo | undefined,
  now: Millis,
  { cells, across }: AxisSize,
): EventAxis {
  const window: TimeWindow = { ...windowAround(event, witnesses.marks, now), cells };
  const graph = graphOf(rangeOfProbes(witnesses.probes), [{ event }], window, across);
  return {
    graph: { ...graph, notes: [] },
    clock: clockOf(witnesses.clock, window, cells, across),
    buffer: bufferOf(target?.stream, witnesses.playback, window, across),
    marks: markRowsOf(witnesses.marks, window),
    kept: graph.buckets.status.some(status => status > 0),
  };
}
