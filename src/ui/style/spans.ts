import { clip, widthOf } from '../../core/format/text.js';
import type { TargetId } from '../../core/sample.js';
import type { Action } from '../keys/keys.js';

/** The meaning of a piece of text; a palette gives its colours. */
export type Style = 'plain' | 'dim' | 'strong' | 'green' | 'amber' | 'red' | 'data' | 'notice' | 'badge';

/** The target of a click. */
export type Link = { target: TargetId } | { group: string } | { event: string } | { action: Action };

export interface TextSpan {
  text: string;
  style?: Style;
  link?: Link;
}

/** One line of a screen. */
export type TextLine = TextSpan[];

export function span(text: string, style: Style = 'plain'): TextSpan {
  return { text, style };
}

export function lineWidth(line: TextLine): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The line in exactly `width` cells: clipped, or filled up with spaces. */
export function fit(line: TextLine, width: number): TextLine {
  const fitted: TextLine = [];
  let left = width;
  for (const piece of line) {
    if (left <= 0) break;
    const kept = clip(piece.text, left);
    // Nearly every piece fits, and copying each on every frame costs measurable time.
    fitted.push(kept === piece.text ? piece : { ...piece, text: kept });
    left -= widthOf(kept);
  }
  return left > 0 ? [...fitted, span(' '.repeat(left))] : fitted;
}

/** The same line with a link on every piece. */
export function linked(line: TextLine, link: Link): TextLine {
  return line.map(piece => ({ ...piece, link }));
}

/** The link at a cell of the line. */
export function linkAt(line: TextLine, column: number): Link | undefined {
  let end = 0;
  return line.find(({ text }) => {
    end += widthOf(text);
    return column < end;
  })?.link;
}

/** Two parts of a line, one at each side; the right one is dropped if they do not both fit. */
export function justify(left: TextLine, right: TextLine, width: number): TextLine {
  const room = width - lineWidth(left) - lineWidth(right);
  return room >= 1 ? [...left, span(' '.repeat(room)), ...right] : fit(left, width);
}

/** A run of cells given one by one, joined into as few spans as their styles allow. */
export function joinCells(cells: readonly TextSpan[]): TextLine {
  const line: TextLine = [];
  for (const { text, style } of cells) {
    const last = line.at(-1);
    if (last && last.style === style) last.text += text;
    else line.push({ text, style });
  }
  return line;
}
