import type { Line, Style } from '../spans.js';
import { asciiOnly } from '../text.js';

/** How each style looks, as parameters of SGR (ECMA-48). */
type Palette = Record<Style, string>;

const COLORS: Palette = {
  plain: '',
  dim: '90',
  strong: '1',
  green: '32',
  amber: '33',
  red: '1;31',
  data: '36',
  notice: '35',
  badge: '7',
};
const MONOCHROME: Palette = { ...COLORS, dim: '', green: '', amber: '', red: '1', data: '', notice: '1' };

/** With fewer than 16 colours there is no grey: it would come out black on black. */
export function paletteFor(colors: number): Palette {
  if (colors < 8) return MONOCHROME;
  return colors < 16 ? { ...COLORS, dim: '' } : COLORS;
}

/** Lines as the content of a box: text and SGR, nothing else. */
export function painted(lines: readonly Line[], palette: Palette, ascii: boolean): string {
  return lines
    .map(line =>
      line
        .map(({ text, style = 'plain' }) => {
          const shown = ascii ? asciiOnly(text) : text;
          return palette[style] ? `\x1b[${palette[style]}m${shown}\x1b[m` : shown;
        })
        .join(''),
    )
    .join('\n');
}
