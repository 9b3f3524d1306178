import type { Glyphs } from '../../glyphs.js';
import type { Sort } from '../../listing.js';
import { lastCell, sparkline } from '../../row-cells.js';
import { fit, type Line, lineWidth, linked, span } from '../../spans.js';
import { padEnd, padStart } from '../../text.js';
import { duration, figure, percent } from '../../units.js';
import type { View } from '../../view.js';
import type { RowView } from '../../views/targets.js';
import type { Box } from '../layout.js';
import { lightSpan, nameCell, type Panel } from '../panel.js';

type Size = Pick<Box, 'width' | 'height'>;

const MARK_AND_LIGHT = 10;
const NUMBER = 9;
const LEAST_NAME = 15;
const MOST_NAME = 36;
/** Wide enough for the columns of figures and a sparkline. */
const ALL_COLUMNS = 64;

/** The list of targets, with headings where there is more than one line to spare. */
export const targets: Panel = (view, box, glyphs) => {
  const { rows } = view.targets;
  if (rows.length === 0) return [[span('  no target has these words; Esc lists all', 'dim')]];
  const nameWidth = nameWidthOf(view, box.width);
  const lines = rows.map(row =>
    linked(fit(rowLine(row, nameWidth, box.width, glyphs), box.width), { target: row.target }),
  );
  return hasHeadings(box, view.targets.listed)
    ? [headings(view, nameWidth, box.width, glyphs), ...lines]
    : lines;
};

/** How many rows and how long a sparkline the box has room for. */
export function roomFor({ width, height }: Size, all: number): { rows: number; spark: number } {
  const rows = Math.min(all, height - (hasHeadings({ width, height }, all) ? 1 : 0));
  return { rows, spark: width < ALL_COLUMNS ? 0 : Math.max(0, Math.min(120, sparkWidth(width))) };
}

function hasHeadings({ width, height }: Size, all: number): boolean {
  return width >= ALL_COLUMNS && (height > all || height >= 4);
}

/** The sparkline and the name share what the figures leave, the name getting what it needs within bounds. */
function sparkWidth(width: number): number {
  return width - MARK_AND_LIGHT - 4 * NUMBER - LEAST_NAME - 2;
}

function nameWidthOf({ targets }: View, width: number): number {
  if (width < ALL_COLUMNS) return Math.max(4, width - MARK_AND_LIGHT - NUMBER);
  return Math.max(LEAST_NAME, Math.min(MOST_NAME, Math.floor(width / 4), targets.nameWidth));
}

function rowLine(row: RowView, nameWidth: number, width: number, glyphs: Glyphs): Line {
  const start: Line = [
    span(row.chosen ? `${glyphs.chosen} ` : '  ', 'strong'),
    ...fit([lightSpan(row.light, glyphs)], MARK_AND_LIGHT - 2),
    ...nameCell(row, nameWidth, row.chosen ? 'strong' : 'plain'),
    lastCell(row, NUMBER),
  ];
  if (width < ALL_COLUMNS) return start;
  const line = [
    ...start,
    ...[row.medianMs, row.p99Ms].map(ms => span(padStart(ms === undefined ? '-' : figure(ms), NUMBER))),
    span(padStart(percent(row.loss), NUMBER), row.loss > 0 ? 'plain' : 'dim'),
    span('  '),
  ];
  return [...line, ...sparkline(row.spark, width - lineWidth(line), glyphs)];
}

/** The heading over what a list is sorted by. */
const SORTED_BY: Partial<Record<Sort, string>> = {
  state: 'light',
  name: 'target',
  rtt: 'median',
  loss: 'loss',
};

function headings({ targets, controls }: View, nameWidth: number, width: number, glyphs: Glyphs): Line {
  const { rows, sparkMs } = targets;
  const { sort, reversed } = controls.listing;
  // The heading that the list is sorted by bears the way it runs.
  const headed = (text: string) =>
    text === SORTED_BY[sort] ? `${text}${glyphs.sorted[reversed ? 1 : 0]}` : text;
  const figures = ['last', 'median', 'p99', 'loss'].map(text => padStart(headed(text), NUMBER)).join('');
  const text = `  ${padEnd(headed('light'), 8)}${padEnd(headed('target'), nameWidth)}${figures}  `;
  const sparkRoom = Math.min(rows[0]?.spark.length ?? 0, width - text.length);
  const seconds = `last ${Math.round((sparkRoom * sparkMs) / 1000)} s`;
  const legend = `${seconds}, worst of each ${duration(sparkMs)}; ${glyphs.lost} lost`;
  return [span(text + (text.length + legend.length <= width ? legend : seconds), 'dim')];
}
