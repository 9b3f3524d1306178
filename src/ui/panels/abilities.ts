import { type Ability, bestRemedy } from '../../core/capabilities.js';
import { printable, wrap } from '../../core/format/text.js';
import type { Glyphs } from '../style/glyphs.js';
import { lineWidth, span, type TextLine } from '../style/spans.js';
import type { Panel } from './panel.js';

const HEADING: TextLine = [span(' this machine:', 'strong')];
const INDENT = 4;

/** A mark for everything that this machine can observe, and the command that permits more. */
export const abilities: Panel = ({ tour }, { width, height }, glyphs) =>
  abilityLines(tour?.abilities, width, glyphs).slice(0, height);

/** The same in all lines that it needs; one line while it is not known yet. */
export function abilityLines(
  abilities: readonly Ability[] | undefined,
  width: number,
  glyphs: Glyphs,
): TextLine[] {
  if (!abilities) return [[...HEADING, span(' …', 'dim')]];
  const marks = abilities.map(({ name, allowed }): TextLine => {
    const mark = allowed ? span(` ${glyphs.has} `, 'green') : span(` ${glyphs.lacks} `, 'amber');
    return [mark, span(printable(name), allowed ? 'plain' : 'dim')];
  });
  const remedy = bestRemedy(abilities);
  const more =
    remedy === undefined ? [] : wrap(`more with: ${printable(remedy)}`, Math.max(1, width - INDENT));
  return [
    ...inRows([HEADING, ...marks], width),
    ...more.map((text, row): TextLine => [span(`${' '.repeat(row === 0 ? 1 : INDENT)}${text}`, 'notice')]),
  ];
}

/** Parts side by side, in as many lines as they need. */
function inRows(parts: readonly TextLine[], width: number): TextLine[] {
  const rows: TextLine[] = [];
  for (const part of parts) {
    const last = rows.at(-1);
    if (last && lineWidth(last) + lineWidth(part) <= width) last.push(...part);
    else rows.push([...part]);
  }
  return rows;
}
