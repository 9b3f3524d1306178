import { durationRange } from '../../core/format/duration.js';
import { padStart } from '../../core/format/text.js';
import { span, type TextLine } from '../style/spans.js';
import type { HistogramBar, View } from '../view/view.js';
import type { Rectangle } from './layout.js';
import { type Panel, ruled } from './panel.js';

/** Columns from one upright bar to the next. */
export const BAR_SPACING = 9;
const FRAME = 7;
const MIN_HEIGHT = 11;
const MIN_BARS = 4;
const LABEL = 18;
const COUNT = 9;

/** The distribution of the chosen target's RTTs since the start: a line for each range. */
export const histogram: Panel = (view, { width }, glyphs) => {
  const most = Math.max(1, ...view.histogram.map(({ count }) => count));
  const room = Math.max(1, width - LABEL - COUNT - 4);
  const bar = ({ from, to, count }: HistogramBar): TextLine => [
    span(padStart(durationRange(from, to), LABEL), 'dim'),
    span(padStart(String(count), COUNT)),
    span(`  ${glyphs.bar.repeat(Math.ceil((count / most) * room))}`, 'data'),
  ];
  return [heading(view, width, glyphs), ...view.histogram.map(bar)];
};

/** How many upright bars fit into the box; 0 where the chart would be too small to read. */
export function chartBars({ width, height }: Rectangle): number {
  const bars = Math.floor((width - FRAME) / BAR_SPACING);
  return height >= MIN_HEIGHT && bars >= MIN_BARS ? bars : 0;
}

/** The ranges that fit as upright bars, else as lines. */
export function barsFor(box: Rectangle): number {
  return chartBars(box) || Math.max(1, box.height - 1);
}

const heading = ({ chosen }: View, width: number, glyphs: Parameters<Panel>[2]): TextLine =>
  ruled(
    [span(chosen?.name ?? 'no target', 'strong'), span(`${glyphs.separator}RTT since the start`)],
    width,
    glyphs,
  );
