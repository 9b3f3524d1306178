import { signedDuration } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import type { ClockView } from '../graph/clock-graph.js';
import { Dots } from '../graph/dots.js';
import type { Glyphs } from '../style/glyphs.js';
import { span, type TextLine } from '../style/spans.js';
import { GUTTER } from './graph-plot.js';
import { type Panel, ruled } from './panel.js';

/** The chosen target's clock relative to ours, under its RTT: a freeze of the guest is a step down of its length. */
export const clock: Panel = ({ clock: view, chosen }, box, glyphs) => {
  if (!view || !chosen)
    return [ruled([span('guest clock: no readings in this window', 'dim')], box.width, glyphs)];
  return [
    ruled(
      [span('guest clock'), span(` ${signedDuration(view.changeMs)} since the left edge`, 'dim')],
      box.width,
      glyphs,
    ),
    ...clockRows(view, Math.max(0, box.height - 1), glyphs),
  ];
};

/** The clock's offsets in so many rows, against that at the left edge. */
export function clockRows(view: ClockView, rows: number, glyphs: Glyphs): TextLine[] {
  const dots = new Dots(glyphs.canvas, view.cells, rows);
  const rowOf = (value: number) =>
    Math.round(((view.high - value) / (view.high - view.low)) * (dots.height - 1));
  view.max.forEach((value, x) => {
    if (!Number.isNaN(value)) dots.vertical(x, rowOf(value), rowOf(view.min[x]!));
  });
  const label = (row: number) =>
    row === 0 ? signedDuration(view.high) : row === rows - 1 ? signedDuration(view.low) : '';
  return Array.from({ length: rows }, (_, row) => [
    span(`${padStart(label(row), GUTTER - 2)} ${label(row) ? glyphs.tick : glyphs.axis}`, 'dim'),
    span(dots.row(row).join(''), 'data'),
  ]);
}
