import { duration } from '../../core/format/duration.js';
import { padEnd, padStart } from '../../core/format/text.js';
import type { Sort } from '../list/order.js';
import type { Glyphs } from '../style/glyphs.js';
import { span, type TextLine } from '../style/spans.js';
import type { View } from '../view/view.js';

export const MARK_AND_LIGHT = 10;
/** The width of a column of figures. */
export const NUMBER = 9;
/** The width of the last RTT: `DOWN 6.2 s` fits. */
export const LAST = 11;
/** Wide enough for the columns of figures and a sparkline. */
export const ALL_COLUMNS = 64;

/** The heading of the column that a list is sorted by. */
const SORTED_BY: Partial<Record<Sort, string>> = {
  state: 'light',
  name: 'target',
  rtt: 'median',
  loss: 'loss',
};

/** The headings of the columns; the one that the list is sorted by shows the direction. */
export function headings(
  { targets, controls }: View,
  nameWidth: number,
  width: number,
  glyphs: Glyphs,
): TextLine {
  const { sparkMs } = targets;
  const spark = targets.rows.find(row => 'spark' in row)?.spark.length ?? 0;
  const { sort, reversed } = controls.listing;
  const headed = (text: string) =>
    text === SORTED_BY[sort] ? `${text}${glyphs.sorted[reversed ? 1 : 0]}` : text;
  const figures = ['median', 'p99', 'loss'].map(text => padStart(headed(text), NUMBER)).join('');
  const text = `  ${padEnd(headed('light'), 8)}${padEnd(headed('target'), nameWidth)}${padStart('last', LAST)}${figures}  `;
  const sparkRoom = Math.min(spark, width - text.length);
  const seconds = `last ${Math.round((sparkRoom * sparkMs) / 1000)} s`;
  if (sparkRoom <= 0) return [span(text, 'dim')];
  const legend = `${seconds}, worst of each ${duration(sparkMs)}; ${glyphs.lost} lost`;
  return [span(text + (text.length + legend.length <= width ? legend : seconds), 'dim')];
}
