import { asciiOnly } from '../../core/format/text.js';
import type { TextLine } from './spans.js';
import type { Palette } from './themes.js';

/** Lines as the content of a box: text and SGR only. */
export function painted(lines: readonly TextLine[], palette: Palette, ascii: boolean): string {
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
