import { clip } from '../../core/format/text.js';
import { Dots } from '../graph/dots.js';
import { heightOf, LIMIT } from '../history/level.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, span, type TextLine } from '../style/spans.js';
import type { StatisticView } from '../view/statistic.js';
import { axisSpan } from './graph-plot.js';
import { type Panel, ruled } from './panel.js';

/** A detector's statistic and its limit, on the time axis of the graph. */
export const statistic: Panel = ({ statistic: view }, { width, height }, glyphs) => {
  const rows = Math.max(0, height - 1);
  if (!view) return [ruled([span('no verdict yet', 'dim')], width, glyphs)];
  const dots = new Dots(glyphs.canvas, view.cells, rows);
  const rowOf = (level: number, of: number) => Math.round((1 - heightOf(level)) * (of - 1));
  view.levels.forEach((level, x) => {
    if (level > 0) dots.vertical(x, rowOf(level, dots.height), dots.height - 1);
  });
  const limit = rowOf(LIMIT, rows);
  const above = alarmed(view);
  return [
    heading(view, width, glyphs),
    ...Array.from({ length: rows }, (_, row): TextLine => {
      const label = row === limit ? 'limit' : row === rows - 1 ? '0' : '';
      const cells = dots.row(row).map((text, cell) => {
        if (text === ' ' && row === limit) return span(glyphs.limit, 'dim');
        return span(text, above[cell] ? 'red' : 'data');
      });
      return [axisSpan(label, glyphs), ...joinCells(cells)];
    }),
  ];
};

function heading(
  { detector, state, score, threshold, why }: StatisticView,
  width: number,
  glyphs: Glyphs,
): TextLine {
  const figures = state === 'learning' ? 'learning' : `${short(score)}, limit ${short(threshold)}`;
  const summary = why ? `${figures}${glyphs.separator}${why}` : figures;
  const room = width - detector.length - 8;
  return ruled(
    [span(detector, 'strong'), span(` ${clip(summary, room)}`, why ? 'red' : 'dim')],
    width,
    glyphs,
  );
}

/** The columns where it is above its limit. */
function alarmed({ levels, cells }: StatisticView): boolean[] {
  const across = levels.length / cells;
  return Array.from({ length: cells }, (_, cell) =>
    levels.subarray(cell * across, (cell + 1) * across).some(level => level > LIMIT),
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
