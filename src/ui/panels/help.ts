import { duration } from '../../core/format/duration.js';
import { padEnd, wrap } from '../../core/format/text.js';
import { KEY_GROUPS, type Key, keysOf, type Mode } from '../keys/keys.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, lineWidth, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { View } from '../view/view.js';
import type { Rectangle } from './layout.js';
import { lightSpan, type Panel, ruled } from './panel.js';

/** The width of a column with help texts, and with hints only. */
const WIDE_COLUMN = 38;
const NARROW_COLUMN = 19;
const LABEL = 8;
const SHORT_LABEL = 7;
/** Below this height each key shows its hint instead of its help. */
const SHORT = 16;

/** Every key of the table, in sections and columns, and in pages if they do not fit. */
export const help: Panel = (view, box, glyphs) => {
  const rows = Math.max(1, box.height - 1);
  const short = box.height < SHORT;
  const columns = Math.max(1, Math.floor((box.width - 1) / (short ? NARROW_COLUMN : WIDE_COLUMN)));
  const cell = Math.max(1, Math.floor((box.width - 1) / columns));
  const blocks = sections(view, short ? cell : cell - 1, short, glyphs);
  const pages = paged(blocks, fewestRows(blocks, rows, columns), columns);
  const page = ((view.controls.helpPage % pages.length) + pages.length) % pages.length;
  return [heading(page, pages.length, box, glyphs), ...besides(pages[page]!, cell)];
};

function heading(page: number, pages: number, { width }: Rectangle, glyphs: Glyphs): TextLine {
  const turn = pages > 1 ? `  page ${page + 1} of ${pages}, up and down to turn` : '';
  const endings = [
    `${turn}  ? or Esc to close`,
    `${pages > 1 ? `  ${page + 1}/${pages} up down` : ''}  Esc to close`,
  ];
  const fitting = endings.find(text => text.length + 8 <= width) ?? '';
  return ruled([span('keys', 'strong'), span(fitting, 'dim')], width, glyphs);
}

/** A heading and the lines below it. */
type Section = TextLine[];

function sections(view: View, width: number, short: boolean, glyphs: Glyphs): Section[] {
  const mode: Mode = view.replay ? 'replay' : 'live';
  const keys = keysOf(mode);
  const ofKeys = KEY_GROUPS.map(group => ({ group, own: keys.filter(key => key.group === group) }))
    .filter(({ own }) => own.length > 0)
    .map(
      ({ group, own }): Section => [
        [span(group, 'notice')],
        ...own.flatMap(key => keyLines(key, width, short)),
      ],
    );
  return short ? ofKeys : [...ofKeys, lights(view, width, glyphs), signs(width, glyphs)];
}

function keyLines({ label, help, hint }: Key, width: number, short: boolean): TextLine[] {
  const cell = span(padEnd(label, short ? SHORT_LABEL : LABEL), 'strong');
  return hanging(cell, short ? hint : help, width);
}

function lights({ holdMs }: View, width: number, glyphs: Glyphs): Section {
  return [
    [span('Lights', 'notice')],
    ...hanging(lightCell('green', glyphs), 'nothing is happening', width),
    ...hanging(lightCell('amber', glyphs), 'disturbance, or an event of another kind', width),
    ...hanging(lightCell('red', glyphs), `migration is most likely; held for ${duration(holdMs)}`, width),
  ];
}

/** The marks whose meaning is not written beside them. */
function signs(width: number, { lost, overdue, beyond, note, edge }: Glyphs): Section {
  const rows: [sign: string, meaning: string][] = [
    [lost, 'lost probe'],
    [overdue, 'unanswered for longer than usual'],
    [beyond, 'round trip above the scale'],
    [edge, 'begin and end of an event'],
    [note, 'note'],
  ];
  return [
    [span('Signs', 'notice')],
    ...rows.flatMap(([sign, meaning]) => hanging(span(padEnd(sign, LABEL), 'strong'), meaning, width)),
  ];
}

function lightCell(light: 'green' | 'amber' | 'red', glyphs: Glyphs): TextSpan {
  const { text, style } = lightSpan(light, glyphs);
  return { text: padEnd(text, LABEL), style };
}

/** A text beside a label, its further lines indented below the first. */
function hanging(label: TextSpan, words: string, width: number): TextLine[] {
  const indent = lineWidth([label]);
  const [first = '', ...rest] = wrap(words, Math.max(1, width - indent));
  return [[label, span(first)], ...rest.map(text => [span(' '.repeat(indent) + text)])];
}

/** The fewest rows that fit on one page, so that its columns are even; else all rows. */
function fewestRows(blocks: readonly Section[], most: number, columns: number): number {
  const highest = Math.max(1, ...blocks.map(({ length }) => length));
  for (let rows = highest; rows < most; rows++) if (paged(blocks, rows, columns).length === 1) return rows;
  return most;
}

/** Columns of lines, in pages of `rows` rows and `columns` columns. Only a section higher than a page is split. */
function paged(blocks: readonly Section[], rows: number, columns: number): TextLine[][][] {
  const filled: TextLine[][] = [[]];
  for (const block of blocks) {
    const last = filled.at(-1)!;
    const gap = last.length > 0 ? 1 : 0;
    if (last.length + gap + block.length <= rows) last.push(...(gap > 0 ? [[]] : []), ...block);
    else for (let from = 0; from < block.length; from += rows) filled.push(block.slice(from, from + rows));
  }
  const used = filled.filter(column => column.length > 0);
  return Array.from({ length: Math.max(1, Math.ceil(used.length / columns)) }, (_, page) =>
    used.slice(page * columns, (page + 1) * columns),
  );
}

/** Columns side by side. */
function besides(columns: readonly TextLine[][], cell: number): TextLine[] {
  const height = Math.max(0, ...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) => [
    span(' '),
    ...columns.flatMap(lines => fit(lines[row] ?? [], cell)),
  ]);
}
