import { duration } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import type { Millis } from '../../core/sample.js';
import { type Buckets, type RttRange, rangeOf } from '../history/buckets.js';
import type { LoggedEvent } from '../history/event-log.js';
import { endOf } from '../history/event-log.js';
import type { HistoryReader } from '../history/range.js';
import type { TimeWindow } from './window.js';

/** The content of a graph over a window. */
export interface GraphView extends TimeWindow {
  /** One for each dot across. */
  buckets: Buckets;
  /** The RTTs that the scale fits: those of the window and a little before it. */
  range: RttRange | undefined;
  marks: readonly EventMark[];
  notes: readonly NoteMark[];
  /** The width of a slot; 0 where single probes are kept. */
  stepMs: Millis;
}

/** An event at its columns. */
export interface EventMark {
  red: boolean;
  label: string;
  /** First and last column of characters; may lie outside the graph. */
  first: number;
  last: number;
}

/** A user's note at its column. */
export interface NoteMark {
  column: number;
  text: string;
}

/** A window of `span` that ends at `end`. It moves by whole columns, so that drawn dots keep their shape. */
export function windowOf(end: Millis, span: Millis, cells: number): TimeWindow {
  const cell = span / cells;
  const to = Math.floor(end / cell + 1) * cell;
  return { from: to - span, to, cells };
}

export function graphOf(
  past: HistoryReader,
  events: readonly LoggedEvent[],
  window: TimeWindow,
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
      red: event.red,
      label: event.blackoutMs ? `${kindWord(event)} ${duration(event.blackoutMs.estimate)}` : kindWord(event),
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

export function columnOf({ from, to, cells }: TimeWindow): (at: Millis) => number {
  return at => Math.floor(((at - from) / (to - from)) * cells);
}

/**
 * Columns before the window that the scale includes, back to the start of a quarter. So the scale drops old values
 * four times a span instead of with every column.
 */
function columnsBefore({ from, to, cells }: TimeWindow): number {
  const quarter = Math.max(1, Math.floor(cells / 4));
  return Math.round((from / (to - from)) * cells) % quarter;
}
