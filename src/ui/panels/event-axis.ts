import { padStart } from '../../core/format/text.js';
import { distanceMarks } from '../graph/axis.js';
import { columnOf } from '../graph/graph.js';
import { AUTOMATIC } from '../graph/scaling.js';
import type { Glyphs } from '../style/glyphs.js';
import { span, type TextLine } from '../style/spans.js';
import type { EventPageView } from '../view/event-page.js';
import type { MarkRow } from '../view/event-window.js';
import { clockRows } from './clock.js';
import { losses } from './graph-marks.js';
import { axisSpan, GUTTER, plot, scaleOf } from './graph-plot.js';
import { bufferRows } from './viewer.js';

const RTT_ROWS = 5;
const CLOCK_ROWS = 3;
const BUFFER_ROWS = 2;
const BUFFER_TITLE = 'the viewer: its buffer, and where it stalled';
const COLUMNS_A_TIME = 12;

/** The witnesses' reports around an event, one below the other over the same time. */
export function axisLines({ axis, startedAt }: EventPageView, width: number, glyphs: Glyphs): TextLine[] {
  const { graph, clock, buffer, marks, kept } = axis;
  if (!kept && !clock && !buffer && marks.length === 0)
    return [[span('  the samples of this time are no longer kept; a recording keeps them all', 'dim')]];
  const scale = scaleOf({ graph, controls: { scaling: AUTOMATIC } }, RTT_ROWS);
  return [
    ...plot({ graph, cursor: undefined }, scale, RTT_ROWS, glyphs),
    [axisSpan('lost', glyphs, glyphs.axis), ...losses(graph, glyphs)],
    ...(clock ? [titled('guest clock, change since the left edge', width, glyphs)] : []),
    ...(clock ? clockRows(clock, CLOCK_ROWS, glyphs) : []),
    ...(buffer ? [titled(BUFFER_TITLE, width, glyphs)] : []),
    ...(buffer ? bufferRows(buffer, graph.cells, BUFFER_ROWS, glyphs) : []),
    ...marks.map(row => markLine(row, graph.cells, glyphs)),
    distances(graph, startedAt),
  ];
}

function titled(text: string, width: number, glyphs: Glyphs): TextLine {
  return width < GUTTER + text.length ? [] : [axisSpan('', glyphs), span(text, 'dim')];
}

/** A glyph at each column, and the counts where there is room for them. */
function markLine({ witness, columns, summary }: MarkRow, cells: number, glyphs: Glyphs): TextLine {
  const line = blanks(cells);
  for (const column of columns) write(line, column, glyphs.event);
  const [first = 0, last = 0] = [columns[0], columns.at(-1)];
  const start = last + 2 + summary.length <= cells ? last + 2 : first - 1 - summary.length;
  if (start >= 0) write(line, start, summary);
  return [axisSpan(witness, glyphs, glyphs.axis), span(line.join(''), 'data')];
}

/** Distances from the event's first sign, each centred at its column. */
function distances(graph: EventPageView['axis']['graph'], zero: number): TextLine {
  const line = blanks(graph.cells);
  const column = columnOf(graph);
  const most = Math.max(1, Math.floor(graph.cells / COLUMNS_A_TIME));
  for (const { at, label } of distanceMarks(graph, zero, most))
    write(line, column(at) - Math.floor(label.length / 2), label);
  return [span(`${padStart('', GUTTER)}${line.join('')}`, 'dim')];
}

function blanks(cells: number): string[] {
  return Array.from({ length: cells }, () => ' ');
}

/** Writes a text into a line if it fits as a whole. */
function write(line: string[], start: number, text: string): void {
  if (start < 0 || start + text.length > line.length) return;
  line.splice(start, text.length, ...text);
}
