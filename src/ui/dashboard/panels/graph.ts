import { scaleFor, timeMarks } from '../../axis.js';
import { SPANS } from '../../controls.js';
import { Dots } from '../../dots.js';
import type { Glyphs } from '../../glyphs.js';
import type { GraphView, Mark } from '../../graph.js';
import { Fate } from '../../ring.js';
import { joinCells, type Line, type Span, span } from '../../spans.js';
import { clip, padStart, widthOf } from '../../text.js';
import { duration, moment } from '../../units.js';
import type { View } from '../../view.js';
import type { Box } from '../layout.js';
import { type Panel, ruled, SIMULATED } from '../panel.js';
import { KIND_STYLE } from './events.js';

/** Labels and the axis at the left. */
export const GUTTER = 9;
/** Heading, event labels, losses and times. */
const FRAME_ROWS = 4;
const ROWS_A_TICK = 3;
const MOST_TICKS = 8;
const COLUMNS_A_TIME = 14;
/** From here on there is room for the witnesses' names. */
const WIDE = 72;

/** The chosen target's RTT over time, losses in a row of their own and events at their place. */
export const graph: Panel = (view, box, glyphs) => {
  const rows = box.height - FRAME_ROWS;
  const heading = headingOf(view, box, glyphs);
  if (rows < 1) return [heading];
  return [
    heading,
    [span(' '.repeat(GUTTER)), ...labels(view.graph, glyphs)],
    ...plot(view.graph, rows, glyphs),
    [span(`${padStart('lost', GUTTER - 2)} ${glyphs.axis}`, 'dim'), ...losses(view.graph, glyphs)],
    times(view.graph),
  ];
};

/** Characters that a box has for the graph itself. */
export function graphCells({ width }: Box): number {
  return Math.max(1, width - GUTTER - 1);
}

function headingOf({ chosen, controls, events, now, graph }: View, { width }: Box, glyphs: Glyphs): Line {
  if (!chosen) return ruled([span('no target')], width, glyphs);
  const shown = events.find(event => event.shown);
  const span_ = duration(SPANS[controls.span]!);
  const about = shown ? `${span_} around ${moment(shown.startedAt, now)}, Esc for now` : `RTT, last ${span_}`;
  const frozen = controls.frozenAt === undefined ? [] : [span(' FROZEN', 'badge')];
  const where = chosen.simulated || chosen.address === chosen.name ? '' : ` (${chosen.address})`;
  const mark = chosen.simulated ? ` ${SIMULATED}` : '';
  const seen = chosen.simulated ? '' : `${glyphs.separator}${witnessesOf(chosen.witnesses)}`;
  const rest = `${glyphs.separator}${about}${width >= WIDE ? seen : ''}`;
  const name = clip(chosen.name, Math.max(6, width - widthOf(mark + rest) - 8));
  const address = width > widthOf(name + where + mark + rest) + 10 ? where : '';
  return ruled(
    [
      span(name, 'strong'),
      span(address, 'dim'),
      span(mark, 'notice'),
      span(rest, graph.range ? 'plain' : 'dim'),
      ...frozen,
    ],
    width,
    glyphs,
  );
}

function plot(graph: GraphView, rows: number, glyphs: Glyphs): Line[] {
  const { range, buckets, cells } = graph;
  const dots = new Dots(glyphs.canvas, cells, rows);
  const scale = range && scaleFor(range, Math.max(2, Math.min(MOST_TICKS, Math.floor(rows / ROWS_A_TICK))));
  const rowOf = (value: number, of: number) => Math.round((1 - scale!.place(value)) * (of - 1));
  if (scale)
    for (let x = 0; x < dots.width; x++)
      if (!Number.isNaN(buckets.max[x]!))
        dots.vertical(x, rowOf(buckets.max[x]!, dots.height), rowOf(buckets.min[x]!, dots.height));
  const ticks = new Map(scale?.ticks.map(({ value, label }) => [rowOf(value, rows), label]));
  const edges = edgeColumns(graph);
  return Array.from({ length: rows }, (_, row) => [
    axisSpan(ticks.get(row), glyphs),
    ...withEdges(dots.row(row), edges, glyphs),
  ]);
}

function axisSpan(label: string | undefined, glyphs: Glyphs): Span {
  return span(`${padStart(label ?? '', GUTTER - 2)} ${label ? glyphs.tick : glyphs.axis}`, 'dim');
}

/** The columns in which an event begins or ends, from left to right. */
function edgeColumns({ marks, cells }: GraphView): Map<number, Mark> {
  const edges = marks.flatMap(mark => [[mark.first, mark] as const, [mark.last, mark] as const]);
  const inside = edges.filter(([column]) => column >= 0 && column < cells);
  return new Map(inside.sort(([a], [b]) => a - b));
}

/** A row of the plot with the events' edges where they are. */
function withEdges(cells: string[], edges: ReadonlyMap<number, Mark>, glyphs: Glyphs): Line {
  const line: Line = [];
  let from = 0;
  for (const [column, { kind }] of edges) {
    const text = cells[column]!;
    line.push(span(cells.slice(from, column).join(''), 'data'));
    line.push(span(text === ' ' ? glyphs.edge : text, KIND_STYLE[kind]));
    from = column + 1;
  }
  return [...line, span(cells.slice(from).join(''), 'data')];
}

/** The events' names over the columns where they began, the older ones giving way where two would overlap. */
function labels({ marks, cells }: GraphView, glyphs: Glyphs): Line {
  const line: Span[] = Array.from({ length: cells }, () => span(' '));
  let free = cells;
  for (const { kind, label, first, last } of [...marks].sort((a, b) => b.first - a.first)) {
    const at = Math.max(0, Math.min(first, last, cells - 1));
    const text = `${glyphs.event} ${label}`;
    const fits = at + text.length <= free;
    const start = fits ? at : Math.max(0, Math.min(at, free - text.length));
    const shown = start + text.length <= free ? text : free > at ? glyphs.event : '';
    const from = shown === text ? start : at;
    for (const [index, character] of [...shown].entries())
      line[from + index] = span(character, KIND_STYLE[kind]);
    if (shown) free = from - 1;
  }
  return joinCells(line);
}

function losses({ buckets, cells }: GraphView, glyphs: Glyphs): Line {
  const across = buckets.fate.length / cells;
  return joinCells(
    Array.from({ length: cells }, (_, cell) => {
      const worst = Math.max(...buckets.fate.subarray(cell * across, (cell + 1) * across));
      if (worst === Fate.lost) return span(glyphs.lost, 'red');
      return worst === Fate.overdue ? span(glyphs.overdue, 'amber') : span(' ');
    }),
  );
}

/** Times of day centred beneath their columns. */
function times({ from, to, cells }: GraphView): Line {
  let text = ' '.repeat(GUTTER);
  for (const { at, label } of timeMarks(from, to, Math.max(1, Math.floor(cells / COLUMNS_A_TIME)))) {
    const column = GUTTER + Math.round(((at - from) / (to - from)) * cells) - Math.floor(label.length / 2);
    if (column >= text.length && column + label.length <= GUTTER + cells) text = text.padEnd(column) + label;
  }
  return [span(text, 'dim')];
}

/** Who sees the target; that nobody reads its clock is worth saying, since much is in doubt then. */
function witnessesOf(witnesses: readonly string[]): string {
  return witnesses.includes('clock') ? witnesses.join(', ') : `${witnesses.join(', ')}; no clock witness`;
}
