import { figure } from '../../core/format/duration.js';
import { padStart, quoted, wrap } from '../../core/format/text.js';
import { lossShare } from '../../core/format/units.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, lineWidth, linked, span, type TextLine } from '../style/spans.js';
import type { TargetRow } from '../view/targets.js';
import type { View } from '../view/view.js';
import type { Rectangle } from './layout.js';
import { lightSpan, nameCell, type Panel } from './panel.js';
import { lastCell, trail } from './row-cells.js';
import { ALL_COLUMNS, headings, LAST, MARK_AND_LIGHT, NUMBER } from './targets-columns.js';
import { groupLine } from './targets-group.js';

type Size = Pick<Rectangle, 'width' | 'height'>;

const MIN_NAME = 15;
const MAX_NAME = 36;

/** The list of targets, with headings if there is room. */
export const targets: Panel = (view, box, glyphs) => {
  const { rows } = view.targets;
  const nameWidth = nameWidthOf(view, box.width);
  const lines = rows.map(row =>
    'group' in row
      ? linked(fit(groupLine(row, box.width, glyphs), box.width), { group: row.group })
      : linked(fit(rowLine(row, nameWidth, box.width, glyphs), box.width), { target: row.target }),
  );
  if (rows.length === 0) lines.push(...emptyList(view, box.width));
  return hasHeadings(box, view.targets.listed)
    ? [headings(view, nameWidth, box.width, glyphs), ...lines]
    : lines;
};

/** The rows and the sparkline that fit into the box. */
export function roomFor({ width, height }: Size, all: number): { rows: number; spark: number } {
  const rows = Math.min(all, height - (hasHeadings({ width, height }, all) ? 1 : 0));
  return { rows, spark: width < ALL_COLUMNS ? 0 : Math.max(0, Math.min(120, sparkWidth(width))) };
}

function hasHeadings({ width, height }: Size, all: number): boolean {
  return width >= ALL_COLUMNS && (height > all || height >= 4);
}

/** The width of the sparkline: what light, figures and the shortest name leave. */
function sparkWidth(width: number): number {
  return width - MARK_AND_LIGHT - LAST - 3 * NUMBER - MIN_NAME - 2;
}

function nameWidthOf({ targets }: View, width: number): number {
  if (width < ALL_COLUMNS) return Math.max(4, width - MARK_AND_LIGHT - LAST);
  return Math.max(MIN_NAME, Math.min(MAX_NAME, Math.floor(width / 4), targets.nameWidth));
}

function emptyList({ controls, targets }: View, width: number): TextLine[] {
  if (targets.all === 0) return [];
  const text = `  no target matches ${quoted(controls.listing.filter)}; Esc clears the filter`;
  return wrap(text, width - 2).map(line => [span(`  ${line}`, 'dim')]);
}

function rowLine(row: TargetRow, nameWidth: number, width: number, glyphs: Glyphs): TextLine {
  const start: TextLine = [
    span(row.chosen ? `${glyphs.chosen} ` : '  ', 'strong'),
    ...fit([lightSpan(row.light, glyphs)], MARK_AND_LIGHT - 2),
    ...nameCell(row, nameWidth, row.chosen ? 'strong' : 'plain'),
    lastCell(row, LAST, width < ALL_COLUMNS),
  ];
  if (width < ALL_COLUMNS) return start;
  const line = [
    ...start,
    ...[row.medianMs, row.p99Ms].map(ms => span(padStart(ms === undefined ? '-' : figure(ms), NUMBER))),
    ...(isTight(row, width - lineWidth(start))
      ? []
      : [span(padStart(lossShare(row.lost, row.sent), NUMBER), row.lost > 0 ? 'plain' : 'dim')]),
    span('  '),
  ];
  return [...line, ...trail(row, width - lineWidth(line), glyphs)];
}

/** Whether the progress of a migration fits only without the column of losses. */
function isTight({ moving }: TargetRow, room: number): boolean {
  return moving !== undefined && moving[0]!.length > room - 3 * NUMBER - 2;
}
