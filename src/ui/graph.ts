import type { EventKind } from '../core/event.js';
import type { Millis } from '../core/sample.js';
import { type Buckets, bucketed, rangeOf } from './buckets.js';
import type { LoggedEvent } from './eventlog.js';
import { endOf } from './eventlog.js';
import type { Probes } from './ring.js';
import { duration } from './units.js';

/** A stretch of time as a graph shows it. */
export interface GraphView {
  from: Millis;
  to: Millis;
  /** Columns of characters. */
  cells: number;
  /** One for each dot across. */
  buckets: Buckets;
  range: ReturnType<typeof rangeOf>;
  marks: readonly Mark[];
}

/** An event at its place. */
export interface Mark {
  kind: EventKind;
  label: string;
  /** First and last column of characters; may lie outside the graph. */
  first: number;
  last: number;
}

/** A window of `span` that ends at `end`, moved on by whole columns only, so that old dots keep their shape. */
export function windowOf(end: Millis, span: Millis, cells: number): { from: Millis; to: Millis } {
  const cell = span / cells;
  const to = Math.floor(end / cell + 1) * cell;
  return { from: to - span, to };
}

export function graphOf(
  probes: Probes,
  events: readonly LoggedEvent[],
  window: { from: Millis; to: Millis },
  { cells, across }: { cells: number; across: number },
): GraphView {
  const { from, to } = window;
  const buckets = bucketed(probes, from, to, cells * across);
  const column = (at: Millis) => Math.floor(((at - from) / (to - from)) * cells);
  const marks = events
    .filter(({ event }) => event.startedAt < to && endOf(event) >= from)
    .map(({ event }) => ({
      kind: event.kind,
      label: event.blackoutMs ? `${event.kind} ${duration(event.blackoutMs.estimate)}` : event.kind,
      first: column(event.startedAt),
      last: column(endOf(event)),
    }));
  return { ...window, cells, buckets, range: rangeOf(buckets), marks };
}

/** Where the window ends that shows an event: in the middle, but not in the future. */
export function endAround(startedAt: Millis, span: Millis, now: Millis): Millis {
  return Math.min(now, startedAt + span / 2);
}
