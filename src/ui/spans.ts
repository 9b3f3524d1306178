import { clip, widthOf } from './text.js';

/** What a piece of text means; the colours follow from it. */
export type Style = 'plain' | 'dim' | 'strong' | 'green' | 'amber' | 'red' | 'data' | 'notice' | 'badge';

export interface Span {
  text: string;
  style?: Style;
}

/** One line of a screen. */
export type Line = Span[];

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The line in exactly `width` cells: clipped, or filled up with spaces. */
export function fit(line: Line, width: number): Line {
  const fitted: Line = [];
  let left = width;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const kept = clip(text, left);
    fitted.push({ text: kept, style });
    left -= widthOf(kept);
  }
  return left > 0 ? [...fitted, span(' '.repeat(left))] : fitted;
}

/** Two parts of a line, one at each side; the right one gives way when there is no room for both. */
export function justify(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(left) - lineWidth(right);
  return room >= 1 ? [...left, span(' '.repeat(room)), ...right] : fit(left, width);
}

/** A run of cells given one by one, joined into as few spans as their styles allow. */
export function joinCells(cells: readonly Span[]): Line {
  const line: Line = [];
  for (const { text, style } of cells) {
    const last = line.at(-1);
    if (last && last.style === style) last.text += text;
    else line.push({ text, style });
  }
  return line;
}
