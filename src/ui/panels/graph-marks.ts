import { lightOf } from '../../core/event.js';
import { clip, padStart, widthOf } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import { timeMarks } from '../graph/axis.js';
import type { GraphView } from '../graph/graph.js';
import { ProbeStatus } from '../history/ring.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import { GUTTER } from './graph-plot.js';

const COLUMNS_A_TIME = 14;
const NOTE_WIDTH = 16;
/** The texts of more notes would hide the times; they are shown above the list. */
const MAX_WORDS = 2;

/** The events' labels at their first columns; older ones are dropped where there is no room. */
export function labels({ marks, cells }: GraphView, glyphs: Glyphs): TextLine {
  const line: TextSpan[] = Array.from({ length: cells }, () => span(' '));
  let free = cells;
  for (const { red, label, first, last } of [...marks].sort((a, b) => b.first - a.first)) {
    const at = Math.max(0, Math.min(first, last, cells - 1));
    if (at >= free) continue;
    const [start, text] = labelAt(at, label, free, glyphs.event);
    for (const [index, character] of [...text].entries())
      line[start + index] = span(character, lightOf({ red }));
    free = start - 1;
  }
  return joinCells(line);
}

/** The label to the right of its glyph, or to the left, or the glyph alone. */
function labelAt(at: number, label: string, free: number, sign: string): [start: number, text: string] {
  const length = label.length + 2;
  if (at + length <= free) return [at, `${sign} ${label}`];
  return at + 1 >= length ? [at + 1 - length, `${label} ${sign}`] : [at, sign];
}

/** The worst status of each column's probes, unless it is a reply. */
export function losses({ buckets, cells }: GraphView, glyphs: Glyphs): TextLine {
  const across = buckets.status.length / cells;
  return joinCells(
    Array.from({ length: cells }, (_, cell) => {
      const worst = Math.max(...buckets.status.subarray(cell * across, (cell + 1) * across));
      if (worst === ProbeStatus.lost) return span(glyphs.lost, 'red');
      return worst === ProbeStatus.overdue ? span(glyphs.overdue, 'amber') : span(' ');
    }),
  );
}

/** Notes at their columns, a few with their text where it fits, and times of day centred at theirs. */
export function times({ from, to, cells, notes }: GraphView, wall: TimeFormat, glyphs: Glyphs): TextLine {
  const line: TextSpan[] = Array.from({ length: cells }, () => span(' ', 'dim'));
  const isFree = (start: number, length: number) =>
    start >= 0 &&
    start + length <= cells &&
    line.slice(start, start + length).every(({ text }) => text === ' ');
  const write = (start: number, text: string, style: Style) => {
    for (const [index, character] of [...text].entries()) line[start + index] = span(character, style);
  };
  for (const { column } of notes) write(column, glyphs.note, 'notice');
  for (const { column, text } of notes.length <= MAX_WORDS ? notes : []) {
    const words = clip(text, NOTE_WIDTH);
    // Characters two cells wide would shift what follows.
    if (widthOf(words) !== words.length) continue;
    const [right, left] = [column + 2, column - 1 - words.length];
    if (isFree(right - 1, words.length + 2)) write(right, words, 'notice');
    else if (isFree(left, words.length + 1)) write(left, words, 'notice');
  }
  for (const { at, label } of timeMarks(from, to, Math.max(1, Math.floor(cells / COLUMNS_A_TIME)), wall)) {
    const column = Math.round(((at - from) / (to - from)) * cells) - Math.floor(label.length / 2);
    const start = Math.max(0, column - 1);
    if (column >= 0 && isFree(start, column + label.length - start)) write(column, label, 'dim');
  }
  const zone = wall.zone === 'utc' ? 'UTC' : '';
  return [span(`${padStart(zone, GUTTER - 2)}  `, 'dim'), ...joinCells(line)];
}
