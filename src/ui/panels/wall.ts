import { SIMULATED } from '../../core/format/target-name.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, linked, span, type TextLine } from '../style/spans.js';
import type { WallCell, WallView } from '../view/wall.js';
import { lightSpan, type Panel, ruled } from './panel.js';

/** The line about the chosen target. */
export const WALL_FOOTER = 1;

/** Every target as a cell of colour, shape and letter, and below them the chosen one. */
export const wall: Panel = ({ wallView }, { width, height }, glyphs) => {
  if (!wallView) return [];
  const lines = wallView.lines.map(line =>
    'cells' in line
      ? [span(' '), ...line.cells.flatMap(cell => cellOf(cell, wallView.cellWidth, glyphs))]
      : ruled([span(line.title, 'strong'), span(` ${line.size}`, 'dim')], width, glyphs),
  );
  const room = height - WALL_FOOTER;
  const blank = Array.from({ length: Math.max(0, room - lines.length) }, (): TextLine => []);
  return [...lines.slice(0, room), ...blank, footer(wallView, glyphs)];
};

function cellOf({ target, light, letter, chosen }: WallCell, width: number, glyphs: Glyphs): TextLine {
  const text = `${glyphs.light[light]}${letter}`.padEnd(Math.min(2, width)).slice(0, width);
  const gap = ' '.repeat(width - text.length);
  return linked(joinCells([span(text, chosen ? 'badge' : light), span(gap)]), { target });
}

function footer({ chosen }: WallView, glyphs: Glyphs): TextLine {
  if (!chosen) return [span('  no target', 'dim')];
  return [
    span(` ${glyphs.chosen} `, 'strong'),
    lightSpan(chosen.light, glyphs),
    span(` ${chosen.name}`, 'strong'),
    span(chosen.simulated ? ` ${SIMULATED}` : '', 'notice'),
    span(chosen.why && `${glyphs.separator}${chosen.why}`),
  ];
}
