import { lightOf } from '../../core/event.js';
import { padStart } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import { type Scale, scaleFor } from '../graph/axis.js';
import { Dots } from '../graph/dots.js';
import type { GraphView } from '../graph/graph.js';
import type { Glyphs } from '../style/glyphs.js';
import { type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { CursorView } from '../view/cursor.js';
import type { View } from '../view/view.js';

/** Labels and the axis at the left. */
export const GUTTER = 9;
const ROWS_A_TICK = 3;
const MAX_TICKS = 8;

/** The RTT axis for `rows` rows; undefined without an answer. */
export function scaleOf(
  { graph, controls }: Pick<View, 'graph'> & { controls: Pick<View['controls'], 'scaling'> },
  rows: number,
): Scale | undefined {
  const mostTicks = Math.max(2, Math.min(MAX_TICKS, Math.floor(rows / ROWS_A_TICK)));
  return graph.range && scaleFor(graph.range, mostTicks, controls.scaling);
}

/** The highest RTT of the window, if it lies above the scale. */
export function aboveTop({ graph: { buckets } }: View, scale: Scale | undefined): Millis | undefined {
  const highest = buckets.max.reduce((most, value) => (value > most ? value : most), 0);
  return scale && isAbove(highest, scale) ? highest : undefined;
}

/** RTTs as bars from the smallest to the largest of each dot column, with the lines of events and cursor. */
export function plot(
  { graph, cursor }: Pick<View, 'graph' | 'cursor'>,
  scale: Scale | undefined,
  rows: number,
  glyphs: Glyphs,
): TextLine[] {
  const { buckets, cells } = graph;
  const dots = new Dots(glyphs.canvas, cells, rows);
  const rowOf = (value: number, of: number) => Math.round((1 - scale!.place(value)) * (of - 1));
  if (scale)
    for (let x = 0; x < dots.width; x++)
      if (!Number.isNaN(buckets.max[x]!))
        dots.vertical(x, rowOf(buckets.max[x]!, dots.height), rowOf(buckets.min[x]!, dots.height));
  const ticks = new Map(scale?.ticks.map(({ value, label }) => [rowOf(value, rows), label]));
  const uprights = verticalLinesOf(graph, cursor, glyphs);
  return Array.from({ length: rows }, (_, row) => [
    axisSpan(ticks.get(row), glyphs),
    ...withVerticalLines(row === 0 ? topRow(dots, graph, scale, glyphs) : dots.row(row), uprights),
  ]);
}

/** The top row, with a glyph where a value lies above it. */
function topRow(dots: Dots, { buckets }: GraphView, scale: Scale | undefined, glyphs: Glyphs): string[] {
  const { across } = glyphs.canvas;
  const isBeyond = (cell: number) =>
    scale && buckets.max.subarray(cell * across, (cell + 1) * across).some(value => isAbove(value, scale));
  return dots.row(0).map((text, cell) => (isBeyond(cell) ? glyphs.beyond : text));
}

/** Whether a value is above the top by more than a dot. */
function isAbove(value: Millis, { top }: Scale): boolean {
  return value > top * 1.001;
}

/** The axis at the left of a row, with a label and a tick. */
export function axisSpan(
  label: string | undefined,
  glyphs: Glyphs,
  sign = label ? glyphs.tick : glyphs.axis,
): TextSpan {
  return span(`${padStart(label ?? '', GUTTER - 2)} ${sign}`, 'dim');
}

/** A vertical line through a graph, visible where nothing else is drawn. */
interface VerticalLine {
  glyph: string;
  style: Style;
}

/** The columns where an event starts or ends, and the cursor's, from left to right. */
function verticalLinesOf(
  { marks, cells }: GraphView,
  cursor: CursorView | undefined,
  glyphs: Glyphs,
): ReadonlyMap<number, VerticalLine> {
  const edges = marks.flatMap(({ first, last, red }) =>
    [first, last].map((at): [number, VerticalLine] => [at, { glyph: glyphs.edge, style: lightOf({ red }) }]),
  );
  const all = new Map(edges.filter(([column]) => column >= 0 && column < cells));
  if (cursor) all.set(cursor.column, { glyph: glyphs.axis, style: 'strong' });
  return new Map([...all].sort(([a], [b]) => a - b));
}

function withVerticalLines(cells: string[], uprights: ReadonlyMap<number, VerticalLine>): TextLine {
  const line: TextLine = [];
  let from = 0;
  for (const [column, { glyph, style }] of uprights) {
    const text = cells[column]!;
    line.push(span(cells.slice(from, column).join(''), 'data'));
    line.push(span(text === ' ' ? glyph : text, style));
    from = column + 1;
  }
  return [...line, span(cells.slice(from).join(''), 'data')];
}
