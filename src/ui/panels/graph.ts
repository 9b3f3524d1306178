import { span } from '../style/spans.js';
import { headingOf } from './graph-heading.js';
import { labels, losses, times } from './graph-marks.js';
import { aboveTop, axisSpan, GUTTER, plot, scaleOf } from './graph-plot.js';
import type { Box } from './layout.js';
import type { Panel } from './panel.js';

/** Heading, event labels, losses and times. */
const FRAME_ROWS = 4;

/** The chosen target's RTT over time, losses in a row of their own and events at their place. */
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

/** Characters that a box has for the graph itself. */
export function graphCells({ width }: Box): number {
  return Math.max(1, width - GUTTER - 1);
}
