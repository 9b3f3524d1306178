import { asciiOnly } from '../../core/format/text.js';
import type { Style, TextLine } from '../style/spans.js';

/** tmux's names of the colours of its own palette; others are left to the user's theme. */
const COLORS: Partial<Record<Style, string>> = { red: 'fg=red', amber: 'fg=yellow', green: 'fg=green' };

/**
 * A line for the status bar of tmux: colours as its `#[…]`. A `#` in a name is doubled, since `#(…)` runs a command and
 * `#[…]` changes the style. Reference: tmux(1), STYLES and FORMATS.
 */
export function tmuxText(line: TextLine, { color, ascii }: { color: boolean; ascii: boolean }): string {
  return line
    .map(({ text, style = 'plain' }) => {
      const shown = (ascii ? asciiOnly(text) : text).replaceAll('#', '##');
      const tag = color ? COLORS[style] : undefined;
      return tag ? `#[${tag}]${shown}#[default]` : shown;
    })
    .join('')
    .trim();
}
