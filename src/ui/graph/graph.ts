import type { EventKind } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import type { Millis } from '../../core/sample.js';
import { type Buckets, type Range, rangeOf } from '../history/buckets.js';
import type { LoggedEvent } from '../history/event-log.js';
import { endOf } from '../history/event-log.js';
import type { HistoryRange } from '../history/range.js';
import type { Window } from './window.js';

/** A stretch of time as a graph shows it. */
export interface GraphView extends Window {
  /** One for each dot across. */
  buckets: Buckets;
  /** Of what the scale is made for: the window, and a little before it. */
  range: Range | undefined;
  marks: readonly Mark[];
  notes: readonly NoteMark[];
  /** How much time each value stands for; 0 where every probe is known. */
  stepMs: Millis;
}

/** An event at its place. */
export interface Mark {
  kind: EventKind;
  label: string;
  /** First and last column of characters; may lie outside the graph. */
  first: number;
  last: number;
}

/** The user's words at their column. */
export interface NoteMark {
  column: number;
  text: string;
}

/** A window of `span` that ends at `end`, moved on by whole columns only, so that old dots keep their shape. */
export function windowOf(end: Millis, span: Millis, cells: number): Window {
  const cell = span / cells;
  const to = Math.floor(end / cell + 1) * cell;
  return { from: to - span, to, cells };
}

export function graphOf(
  past: HistoryRange,
  events: readonly LoggedEvent[],
  window: Window,
  across: number,
): Omit<GraphView, 'notes'> {
  const { from, to, cells } = window;
  const before = across * columnsBefore(window);
  const dotMs = (to - from) / (cells * across);
  const buckets = past.buckets(from - before * dotMs, to, before + cells * across);
  const column = columnOf(window);
  const marks = events
    .filter(({ event }) => event.startedAt < to && endOf(event) >= from)
    .map(({ event }) => ({
      kind: event.kind,
      label: event.blackoutMs ? `${event.kind} ${duration(event.blackoutMs.estimate)}` : event.kind,
      first: column(event.startedAt),
      last: column(endOf(event)),
    }));
  return {
    ...window,
    buckets: buckets.last(cells * across),
    range: rangeOf(buckets),
    marks,
    stepMs: past.stepMs,
  };
}

export function columnOf({ from, to, cells }: Window): (at: Millis) => number {
  return at => Math.floor(((at - from) / (to - from)) * cells);
}

/**
 * The scale looks back beyond the window, to the last of the quarters that it moves through: so it lets go of what
 * left the window four times in a span, and not with every column.
 */
function columnsBefore({ from, to, cells }: Window): number {
  const quarter = Math.max(1, Math.floor(cells / 4));
  return Math.round((from / (to - from)) * cells) % quarter;
}
