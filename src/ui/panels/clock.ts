import { signedDuration } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import { Dots } from '../graph/dots.js';
import { span } from '../style/spans.js';
import { GUTTER } from './graph-plot.js';
import { type Panel, ruled } from './panel.js';

/** The chosen target's clock relative to ours, under its RTT: a freeze of the guest is a step down of its length. */
export const clock: Panel = ({ clock: view, chosen }, box, glyphs) => {
  if (!view || !chosen)
    return [ruled([span('guest clock: no readings in this window', 'dim')], box.width, glyphs)];
  const rows = box.height - 1;
  const dots = new Dots(glyphs.canvas, view.cells, Math.max(0, rows));
  const rowOf = (value: number) =>
    Math.round(((view.high - value) / (view.high - view.low)) * (dots.height - 1));
  view.max.forEach((value, x) => {
    if (!Number.isNaN(value)) dots.vertical(x, rowOf(value), rowOf(view.min[x]!));
  });
  const label = (row: number) =>
    row === 0 ? signedDuration(view.high) : row === rows - 1 ? signedDuration(view.low) : '';
  return [
    ruled(
      [span('guest clock'), span(` ${signedDuration(view.latestMs)} from our clock`, 'dim')],
      box.width,
      glyphs,
    ),
    ...Array.from({ length: rows }, (_, row) => [
      span(`${padStart(label(row), GUTTER - 2)} ${label(row) ? glyphs.tick : glyphs.axis}`, 'dim'),
      span(dots.row(row).join(''), 'data'),
    ]),
  ];
};
