import { duration } from '../../core/format/duration.js';
import { clip, padEnd, padStart, widthOf } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import { totalsOf } from '../style/checklist-text.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, lineWidth, type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { ItemView } from '../view/checklist.js';
import type { View } from '../view/view.js';
import { nameCell, type Panel, ruled } from './panel.js';

/** The maintenance checklist, most urgent first, in as many columns as it needs to show all. */
export const checklist: Panel = (view, { width, height }, glyphs) => {
  const { checklist, wall } = view;
  const totals = headingOf(view, glyphs);
  const top = topLine(totals, legendOf(checklist?.items ?? []), width, glyphs);
  const items = checklist?.items ?? [];
  if (items.length === 0) return [top, ...HINT.map(text => [span(`  ${text}`, 'dim')])];
  const rows = Math.max(1, height - 1);
  const columns = columnsFor(items, rows, width);
  const cell = Math.min(MAX_CELL, Math.floor(width / columns));
  const fitting = rows * columns;
  // The last place shows how many do not fit.
  const shown = items.length > fitting ? items.slice(0, fitting - 1) : items;
  const cells = shown.map(item => itemCell(item, wall, cell, glyphs));
  if (shown.length < items.length) cells.push([span(`  and ${items.length - shown.length} more`, 'dim')]);
  const lines = Math.min(rows, Math.ceil(cells.length / columns));
  return [top, ...Array.from({ length: lines }, (_, row) => rowOf(cells, row, lines, cell))];
};

/** The meaning of the marks in the list. */
function legendOf(items: readonly ItemView[]): TextLine {
  const marks = [
    items.some(({ overBudget }) => overBudget) ? '! over budget' : '',
    items.some(({ unclear, state }) => unclear && state === 'moved') ? '? seen by echoes alone' : '',
  ];
  return marks.filter(Boolean).map(text => span(`  ${text}`, 'dim'));
}

/** The totals, in the longest heading that fits. */
function topLine(totals: TextLine, legend: TextLine, width: number, glyphs: Glyphs): TextLine {
  const headings = [
    ruled([span('maintenance: ', 'strong'), ...totals, ...legend], width, glyphs),
    ruled([...totals, ...legend], width, glyphs),
    ruled([span('maintenance: ', 'strong'), ...totals], width, glyphs),
    ruled(totals, width, glyphs),
  ];
  return headings.find(line => lineWidth(line) <= width) ?? [span(' '), ...totals];
}

const HINT = ['no moves expected: x marks the chosen target,', '--expect FILE reads a list'];
/** The widest cell; the smallest with everything; one without the time it was unreachable; one with name and time alone. */
const MAX_CELL = 80;
const FULL = 58;
const COMPACT = 38;
const MIN_CELL = 20;
const MARGIN = 5;
const STATE_WIDTH = 12;
const TIME_WIDTH = 9;
const NUMBER = 9;
const SHORT_NUMBER = 8;
const SHORT_MARK = ' SIM';

/** The lines that a list of `items` needs on a screen of `width`, heading included. */
export function checklistHeight(items: number, width: number): number {
  return 1 + Math.max(HINT.length, Math.ceil(items / Math.max(1, Math.floor(width / COMPACT))));
}

/** The fewest columns that show all items, limited so that a cell stays readable. */
function columnsFor(items: readonly ItemView[], rows: number, width: number): number {
  const compact = Math.floor(width / COMPACT);
  const most = rows * compact >= items.length ? compact : Math.floor(width / minWidth(items, width));
  return Math.min(Math.max(1, most), Math.max(1, Math.ceil(items.length / rows)));
}

/** The width that fits the names, but at least two cells side by side. */
function minWidth(items: readonly ItemView[], width: number): number {
  const longest = items.reduce(
    (most, { name, simulated }) => Math.max(most, widthOf(name) + (simulated ? SHORT_MARK.length : 0)),
    0,
  );
  return Math.max(MIN_CELL, Math.min(Math.floor(width / 2), MARGIN + longest + SHORT_NUMBER));
}

/** Column by column, as lists are read. */
function rowOf(cells: readonly TextLine[], row: number, lines: number, width: number): TextLine {
  return cells.filter((_, index) => index % lines === row).flatMap(cell => fit(cell, width));
}

function headingOf({ checklist }: View, { separator }: Glyphs): TextLine {
  const [first, ...rest] = checklist ? totalsOf(checklist.checklist) : [];
  return [first ?? span('nothing expected'), ...rest.flatMap(total => [span(separator, 'dim'), total])];
}

function itemCell(item: ItemView, wall: TimeFormat, width: number, glyphs: Glyphs): TextLine {
  const start: TextLine = [
    span(item.chosen ? glyphs.chosen : ' ', 'strong'),
    markOf(item, glyphs),
    span(' '),
  ];
  const end =
    width >= FULL ? fullEnd(item, wall) : width >= COMPACT ? compactEnd(item, wall) : narrowEnd(item);
  const room = Math.max(4, width - lineWidth(start) - lineWidth(end) - 2);
  const style = item.chosen ? 'strong' : 'plain';
  const name = width >= FULL ? nameCell(item, room, style) : shortName(item, room, style);
  return [...start, ...name, span(' '), ...end];
}

/** In a narrow cell a short mark of a simulated target leaves room for the name. */
function shortName({ name, simulated }: ItemView, width: number, style: Style): TextLine {
  const mark = simulated ? SHORT_MARK : '';
  const shown = clip(name, width - mark.length);
  return [span(shown, style), span(padEnd(mark, width - widthOf(shown)), 'notice')];
}

function markOf({ light, state }: ItemView, glyphs: Glyphs): TextSpan {
  if (light) return span(glyphs.light[light], light);
  return state === 'moving' ? span(glyphs.event, 'red') : span(glyphs.open, 'dim');
}

function fullEnd(item: ItemView, wall: TimeFormat): TextLine {
  const { at, lengthMs, stuntimeMs } = item;
  if (at === undefined) return [stateSpan(item), span(' '.repeat(TIME_WIDTH + 2 * NUMBER))];
  return [
    stateSpan(item),
    span(padEnd(wall.moment(at), TIME_WIDTH), 'dim'),
    lengthSpan(item, lengthMs),
    span(padStart(stuntimeMs === undefined ? '' : duration(stuntimeMs), NUMBER), 'dim'),
  ];
}

/** The time of a successful move; else the state, which matters more. */
function compactEnd(item: ItemView, wall: TimeFormat): TextLine {
  const { at, lengthMs, state, unclear } = item;
  const time = state === 'moved' && at !== undefined ? `${wall.moment(at)}${unclear ? '?' : ''}` : undefined;
  return [
    time === undefined ? stateSpan(item) : span(padEnd(time, STATE_WIDTH), 'dim'),
    lengthSpan(item, lengthMs),
  ];
}

function narrowEnd(item: ItemView): TextLine {
  return item.lengthMs === undefined || item.state === 'moving'
    ? []
    : [lengthSpan(item, item.lengthMs, SHORT_NUMBER)];
}

function stateSpan({ state, light, unclear }: ItemView): TextSpan {
  const word = unclear && state === 'moved' ? 'moved?' : state;
  const style: Style = light === 'red' || state === 'moving' ? 'red' : light === 'amber' ? 'amber' : 'dim';
  return span(padEnd(word, STATE_WIDTH), style);
}

/** With an exclamation mark if it is over budget. */
function lengthSpan({ overBudget, state }: ItemView, lengthMs: number | undefined, width = NUMBER): TextSpan {
  const known = lengthMs !== undefined && state !== 'moving';
  const text = known ? `${overBudget ? '!' : ''}${duration(lengthMs)}` : '';
  return span(padStart(text, width), overBudget ? 'amber' : 'plain');
}
