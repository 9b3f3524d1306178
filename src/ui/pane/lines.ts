import { lightOf } from '../../core/event.js';
import { figure } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { SIMULATED } from '../../core/format/target-name.js';
import { clip, padStart, widthOf, wrap } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import { bytes, lossShare } from '../../core/format/units.js';
import { nameCell } from '../panels/panel.js';
import { lastCell, trail } from '../panels/row-cells.js';
import { describeEvent } from '../style/event-text.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, justify, lineWidth, span, type TextLine } from '../style/spans.js';
import type { EventView } from '../view/events.js';
import type { TargetRow } from '../view/targets.js';
import { countsLine, wordsLine } from './status-line.js';
import type { PaneView } from './view.js';

export interface Size {
  columns: number;
  rows: number;
}

const HINTS: TextLine = [
  span(' q', 'strong'),
  span(' quit ', 'dim'),
  span(' ?', 'strong'),
  span(' help', 'dim'),
];

const NUMBER = 8;
/** `DOWN 6.2 s` fits. */
const LAST = 11;
/** The widths from which a line shows the light's word, the median, the loss, a sparkline, and hints. */
const FROM = { word: 64, median: 40, loss: 48, spark: 56, hints: 72, last: 14 };
const WORD = 6;
const MIN_NAME = 4;
const MAX_NAME = 24;
const MIN_SPARK = 6;
const MAX_SPARK = 120;

/** The room of a pane: lines for targets, whether a line of totals follows, and the length of sparklines. */
export function roomIn(
  { columns, rows }: Size,
  targets: number,
): { rows: number; totals: boolean; spark: number } {
  const lines = Math.max(1, rows - 1);
  const totals = targets !== lines && (lines > 1 || targets > 1);
  const spark = columns < FROM.spark ? 0 : Math.min(MAX_SPARK, columns);
  return { rows: Math.min(targets, lines - (totals ? 1 : 0)), totals, spark };
}

/** The lines that stay in place: targets, and under them the totals. */
export function paneLines(view: PaneView, size: Size, glyphs: Glyphs): TextLine[] {
  const { totals } = roomIn(size, view.all);
  const lines = view.rows.map(row => rowLine(row, nameWidth(view, size.columns), size.columns, glyphs));
  const shown = totals ? [...lines, totalsLine(view, size.columns, glyphs)] : lines;
  return shown.map(line => trimmed(fit(line, size.columns)));
}

/** Spaces at the end would wrap when the terminal becomes narrower. */
function trimmed(line: TextLine): TextLine {
  const last = line.at(-1);
  return last && last.style === 'plain' && last.text.trim() === '' ? line.slice(0, -1) : line;
}

function nameWidth({ rows }: PaneView, columns: number): number {
  const needed = rows.map(({ name, simulated }) => widthOf(name) + (simulated ? SIMULATED.length + 1 : 0));
  const room =
    columns < FROM.median ? columns - 3 - (columns < FROM.last ? 0 : NUMBER) : Math.floor(columns / 3);
  return Math.max(MIN_NAME, Math.min(MAX_NAME, room, Math.max(0, ...needed)));
}

function lastWidth(columns: number): number {
  return columns < FROM.median ? NUMBER : LAST;
}

/** The light, the name, and the figures that fit, the most useful first. */
function rowLine(row: TargetRow, nameWidth: number, columns: number, glyphs: Glyphs): TextLine {
  const word = columns < FROM.word ? '' : row.light.toUpperCase().padEnd(WORD);
  const line: TextLine = [
    span(`${glyphs.light[row.light]} ${word}`, row.light),
    ...nameCell(row, nameWidth, 'plain'),
    ...(columns < FROM.last ? [] : [span(' '), lastCell(row, lastWidth(columns), columns < FROM.spark)]),
  ];
  if (columns >= FROM.median)
    line.push(span(padStart(row.medianMs === undefined ? '-' : figure(row.medianMs), NUMBER + 1)));
  if (columns >= FROM.loss)
    line.push(span(padStart(lossShare(row.lost, row.sent), NUMBER), row.lost > 0 ? 'plain' : 'dim'));
  const room = columns - lineWidth(line) - 2;
  if (row.spark.length === 0 || room < MIN_SPARK) return line;
  return [...line, span('  '), ...trail(row, room, glyphs)];
}

/** The progress, the worst target or the latest event, and the recording and the keys at the right. */
function totalsLine(view: PaneView, columns: number, glyphs: Glyphs): TextLine {
  const counts = countsLine(view, glyphs);
  const recording = recordingSpan(view, glyphs);
  const right = [...recording, ...(columns < FROM.hints ? [] : HINTS)];
  const words = wordsLine(view, glyphs);
  const room = columns - lineWidth(counts) - widthOf(glyphs.separator) - lineWidth(right) - 1;
  if (room < MIN_SPARK) return justify(counts, recording, columns);
  const kept = fit(words, Math.min(room, lineWidth(words)));
  return justify([...counts, span(glyphs.separator, 'dim'), ...kept], right, columns);
}

function recordingSpan({ recording }: PaneView, glyphs: Glyphs): TextLine {
  if (!recording) return [];
  const { trouble, bytes: size } = recording;
  return [
    span(trouble === undefined ? ` ${glyphs.recording} recording ${bytes(size)} ` : ' NOT RECORDING ', 'red'),
  ];
}

/** An event in the pane's history, on one line: time, kind and target, then what fits of its figures. */
export function eventLine(event: EventView, wall: TimeFormat, columns: number, glyphs: Glyphs): TextLine {
  const facts = describeEvent({ ...event, evidence: '' }).join(glyphs.separator);
  return trimmed(
    fit(
      [
        span(`${wall.moment(event.startedAt)} `, 'dim'),
        span(`${kindWord(event)} `, lightOf(event)),
        span(`${event.name} `, 'strong'),
        span(event.simulated ? `${SIMULATED} ` : '', 'notice'),
        span(facts),
      ],
      columns,
    ),
  );
}

/** A notice in the history, wrapped to the width. */
export function noticeLine(text: string, columns: number): TextLine[] {
  return wrap(`! ${text}`, Math.max(1, columns)).map(line => [span(clip(line, columns), 'notice')]);
}
