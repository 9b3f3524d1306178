import { span } from '../style/spans.js';
import { headingOf } from './graph-heading.js';
import { labels, losses, times } from './graph-marks.js';
import { aboveTop, axisSpan, GUTTER, plot, scaleOf } from './graph-plot.js';
import type { Rectangle } from './layout.js';
import type { Panel } from './panel.js';

/** Rows of heading, event labels, losses and times. */
const FRAME_ROWS = 4;

/** The chosen target's RTT over time, with a row of losses and the events at their columns. */
export const graph: Panel = (view, box, glyphs) => {
  const rows = box.height - FRAME_ROWS;
  const scale = scaleOf(view, rows);
  const heading = headingOf(view, box, aboveTop(view, scale), glyphs);
  if (rows < 1) return [heading];
  return [
    heading,
    [span(' '.repeat(GUTTER)), ...labels(view.graph, glyphs)],
    ...plot(view, scale, rows, glyphs),
    [axisSpan('lost', glyphs, glyphs.axis), ...losses(view.graph, glyphs)],
    times(view.graph, view.wall, glyphs),
  ];
};

/** The character columns of the graph itself. */
export function graphCells({ width }: Rectangle): number {
  return Math.max(1, width - GUTTER - 1);
}
