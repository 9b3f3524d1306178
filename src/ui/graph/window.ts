import type { Millis } from '../../core/sample.js';

/** The time spans of a graph. */
export const TIME_SPANS: readonly Millis[] = [
  ...[0.5, 1, 2, 5, 15, 30, 60, 120, 300, 600, 1800].map(seconds => seconds * 1000),
  ...[1, 3, 6, 12, 24].map(hours => hours * 3_600_000),
];

/** A stretch of time as a graph of so many columns shows it. */
export interface TimeWindow {
  from: Millis;
  to: Millis;
  cells: number;
}

/** A moment on the graph. While the cursor is on, the window is fixed and ends at `end`. */
export interface Cursor {
  at: Millis;
  end: Millis;
}

/** The limits of moving and zooming. */
export interface PanLimits {
  window: TimeWindow;
  /** When the session began. */
  began: Millis;
  now: Millis;
  /** When the event began that the graph was moved to. */
  eventAt?: Millis | undefined;
}

/** The stretch of time that the graph shows. */
export interface Viewport {
  /** Index into SPANS. */
  span: number;
  /** The id of the event that the graph was moved to. */
  event?: string;
  /** Where the window ends; it follows the time where absent. */
  end?: Millis;
  cursor?: Cursor;
}

type Moved = Partial<Viewport>;

/** The end of the window; `now` while it follows the time. A shown event is always in the middle. */
export function endOfWindow(
  { cursor, end, span }: Viewport,
  now: Millis,
  eventAt: Millis | undefined,
): Millis {
  if (cursor) return cursor.end;
  if (end !== undefined) return Math.min(end, now);
  return eventAt === undefined ? now : eventAt + TIME_SPANS[span]! / 2;
}

/** Moves the cursor by a column, or the window by a quarter; -1 is to the past, 1 to the present. */
export function moved(viewport: Viewport, limits: PanLimits, by: 1 | -1): Moved {
  return viewport.cursor ? cursorMoved(viewport.cursor, limits, by) : panned(limits, by);
}

/** Turns the cursor on, at the shown event or else the newest column, or off. */
export function cursorToggled({ cursor }: Viewport, { window, now, eventAt }: PanLimits): Moved {
  if (cursor) return { cursor: undefined };
  const { from, to } = window;
  const cell = cellOf(window);
  const onEvent = eventAt !== undefined && eventAt >= from && eventAt < to;
  // The middle of the column, and the end in the last one: so both stay where they are when drawn.
  const at = onEvent ? eventAt : Math.min(now, to - cell / 2);
  return { cursor: { at: middleOf(at, window), end: to - cell / 2 } };
}

/** Another span, around the cursor or the middle of a window that was moved. */
export function zoomed(viewport: Viewport, { window, now }: PanLimits, by: 1 | -1): Moved {
  const span = Math.max(0, Math.min(TIME_SPANS.length - 1, viewport.span + by));
  const { cursor, end } = viewport;
  const middle = cursor?.at ?? (window.from + window.to) / 2;
  const around = Math.min(now, middle + TIME_SPANS[span]! / 2);
  return {
    span,
    ...(cursor && { cursor: { at: cursor.at, end: around } }),
    ...(!cursor && end !== undefined && { end: around < now ? around : undefined }),
  };
}

function cellOf({ from, to, cells }: TimeWindow): Millis {
  return (to - from) / cells;
}

function panned({ window, began, now }: PanLimits, by: 1 | -1): Moved {
  const end = shifted(window, by);
  if (by > 0) return { end: end < now ? end : undefined, ...(end >= now && { event: undefined }) };
  return window.from > began ? { end } : {};
}

/** Where the window ends when it moves by a quarter: in the middle of its last column, so that it is not one further. */
function shifted(window: TimeWindow, by: 1 | -1): Millis {
  const quarter = Math.max(1, Math.round(window.cells / 4));
  return window.to + (by * quarter - 0.5) * cellOf(window);
}

function cursorMoved({ at, end }: Cursor, { window, began, now }: PanLimits, by: 1 | -1): Moved {
  const next = at + by * cellOf(window);
  if (next < began - cellOf(window) || next > now + cellOf(window)) return {};
  const inside = next >= window.from && next < window.to;
  return { cursor: { at: next, end: inside ? end : shifted(window, by) } };
}

function middleOf(at: Millis, window: TimeWindow): Millis {
  const cell = cellOf(window);
  return window.from + (Math.floor((at - window.from) / cell) + 0.5) * cell;
}
