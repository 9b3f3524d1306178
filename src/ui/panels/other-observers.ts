import { span, type TextLine } from '../style/spans.js';
import { labels, losses } from './graph-marks.js';
import { axisSpan, GUTTER, plot, scaleOf } from './graph-plot.js';
import { lightSpan, type Panel, ruled } from './panel.js';

/** Heading and losses. */
const FRAME_ROWS = 2;
/** The rows of the graph from which the events get one too. */
const ROOMY = 4;

/** The same target as seen by another observer, under our own graph, over the same window. */
export const otherObserver: Panel = (view, box, glyphs) => {
  const other = view.otherObserver;
  if (!other) return [];
  const free = box.height - FRAME_ROWS;
  const marked = free >= ROOMY;
  const rows = free - (marked ? 1 : 0);
  const theirs = { ...view, graph: other.graph };
  const who = other.observer === '' ? 'from here' : `by ${other.observer}`;
  const heading: TextLine = [span('also seen '), span(`${who} `, 'strong'), lightSpan(other.light, glyphs)];
  const events: TextLine[] = marked ? [[span(' '.repeat(GUTTER)), ...labels(other.graph, glyphs)]] : [];
  return [
    ruled(heading, box.width, glyphs),
    ...events,
    ...plot(theirs, scaleOf(theirs, rows), rows, glyphs),
    [axisSpan('lost', glyphs, glyphs.axis), ...losses(other.graph, glyphs)],
  ];
};
