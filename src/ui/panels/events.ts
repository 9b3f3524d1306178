import { lightOf } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import { clip, padEnd, wrap } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import { labelOf } from '../keys/keys.js';
import { describeEvent } from '../style/event-text.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, lineWidth, linked, span, type TextLine } from '../style/spans.js';
import type { EventView } from '../view/events.js';
import type { View } from '../view/view.js';
import { nameCell, type Panel, ruled, timeWidth } from './panel.js';

const KIND_WIDTH = 11;
const MIN_NAME = 8;
const MAX_NAME = 30;
const NARROW = 64;
/** The most lines for the newest and the shown event while others need the room; the rest get one. */
const MAX_LINES = 3;

/** The log of events, newest first; in a narrow box the newest event alone, in all lines. */
export const events: Panel = (view, { width, height }, glyphs) => {
  if (width < NARROW || height < 3) return newest(view, width, height, glyphs);
  const blocks = view.events.map(event => eventLines(event, view, width, glyphs));
  const rows = shares(blocks, view.events, height - 1).flatMap((most, index) =>
    cut(blocks[index]!, most).map(line => linked(fit(line, width), { event: view.events[index]!.id })),
  );
  return [
    ruled([span('events, newest first'), ...unseenKeys(view, glyphs)], width, glyphs),
    ...(rows.length > 0 ? rows : [[span('  no events yet', 'dim')]]),
  ];
};

/** The number of unseen events, and the keys that change it. */
function unseenKeys({ unseen }: View, { separator }: Glyphs): TextLine {
  if (unseen === 0) return [];
  const keys = `${separator}${labelOf('event')} shows them, ${labelOf('acknowledge')} marks all as seen`;
  return [span(separator, 'dim'), span(`${unseen} unseen`, 'red'), span(keys, 'dim')];
}

/** The lines of each event: one, more for the newest and the shown one; then what is left, newest first. */
function shares(blocks: readonly TextLine[][], events: readonly EventView[], height: number): number[] {
  const most = blocks.map(({ length }, index) => {
    const dear = index === 0 || events[index]!.shown;
    return Math.min(length, dear ? MAX_LINES : 1);
  });
  let left = Math.max(0, height - most.reduce((sum, lines) => sum + lines, 0));
  return most.map((lines, index) => {
    const more = Math.min(left, blocks[index]!.length - lines);
    left -= more;
    return lines + more;
  });
}

/** Time, target and kind, and beside them the description. */
function eventLines(
  event: EventView,
  { wall, targets, events: all }: View,
  width: number,
  glyphs: Glyphs,
): TextLine[] {
  const nameWidth = Math.max(MIN_NAME, Math.min(MAX_NAME, Math.floor(width / 4), targets.nameWidth));
  const head: TextLine = [
    event.unseen ? span(`${glyphs.event} `, 'red') : span(event.shown ? `${glyphs.chosen} ` : '  ', 'strong'),
    span(padEnd(wall.exact(event.startedAt), timeWidth(all, wall)), 'dim'),
    ...nameCell(event, nameWidth, 'plain'),
    span(' '),
    span(padEnd(kindWord(event), KIND_WIDTH), lightOf(event)),
  ];
  const indent = lineWidth(head);
  const texts = wrap(describeEvent(event).join(glyphs.separator), width - indent - 2);
  const [first = '', ...rest] = texts.map(text => withoutEdges(text, glyphs.separator.trim()));
  return [[...head, span(first)], ...rest.map(text => [span(' '.repeat(indent) + text)])];
}

/** Removes separators from the ends of a line. */
function withoutEdges(text: string, separator: string): string {
  const start = text.startsWith(`${separator} `) ? separator.length + 1 : 0;
  return text.endsWith(separator) ? text.slice(start, -separator.length).trimEnd() : text.slice(start);
}

/** The first lines, with an ellipsis if some are left out. */
function cut(lines: readonly TextLine[], most: number): TextLine[] {
  return lines
    .slice(0, most)
    .map((line, index) => (index === most - 1 && lines.length > most ? [...line, span(' …')] : line));
}

/** The newest event in full, and older ones in the lines that are left. */
function newest({ events, wall }: View, width: number, height: number, glyphs: Glyphs): TextLine[] {
  const [event, ...older] = events;
  if (!event) return [[span('  no events yet', 'dim')]];
  const details = wrap(describeEvent(event).join(glyphs.separator), width - 2).slice(0, height - 1);
  const lines = [
    headLine(event, wall, width, glyphs),
    ...details.map(text => [span(`  ${clip(text, width - 2)}`)]),
  ];
  return [
    ...lines.map(line => linked(fit(line, width), { event: event.id })),
    ...older.map(each => linked(fit(headLine(each, wall, width, glyphs), width), { event: each.id })),
  ].slice(0, height);
}

function headLine(event: EventView, wall: TimeFormat, width: number, glyphs: Glyphs): TextLine {
  const time = wall.moment(event.startedAt);
  return [
    span(`${glyphs.event} ${kindWord(event)} `, lightOf(event)),
    span(`${time} `, 'dim'),
    ...nameCell(event, Math.max(4, width - kindWord(event).length - time.length - 4), 'plain'),
  ];
}
