import { shortestSeen } from '../../core/capabilities.js';
import type { MigrationEvent } from '../../core/event.js';
import { duration, elapsed, figure } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { lossShare, percent } from '../../core/format/units.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import { maintenanceReport } from '../../evaluation/maintenance.js';
import { endingNotes } from '../../recording/ending.js';
import { CHART_HEIGHT, chart, WIDTH } from './chart.js';
import { CLOSEUP_HEIGHT, CLOSEUP_WIDTH, closeup } from './closeup.js';
import { STYLE } from './style.js';
import type { Survey, TargetPicture } from './survey.js';
import { escaped, FONT, tag } from './svg.js';
import { timeOf } from './time-axis.js';

/** A self-contained page: no script, no network; for light and dark screens, and for paper. */
export function page(survey: Survey, title: string): string {
  const numbers = numberEvents(survey);
  const notes = [...endingNotes(survey.ending), ...leftOut(survey)];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}: migwatch</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
<p>${escaped(subtitle(survey))}</p>
${notes.map(note => `<p class="note">${escaped(note)}</p>`).join('\n')}
</header>
${survey.maintenance ? maintenanceTable(survey, survey.maintenance) : ''}
${targetTable(survey.targets)}
${survey.targets.map((picture, index) => section(picture, survey, numbers[index]!)).join('\n')}
${eventTable(survey, numbers)}
${noteTable(survey)}
<footer>${escaped(footnote(survey))}</footer>
</body>
</html>
`;
}

/** The number of each target's first event. */
export function numberEvents({ targets }: Survey): number[] {
  let next = 1;
  return targets.map(({ events }) => {
    const first = next;
    next += events.length;
    return first;
  });
}

export function subtitle({ header, span, samples }: Survey): string {
  const ms = span.to - span.from;
  const length = ms < 60_000 ? duration(ms) : elapsed(ms);
  return `${timeOf(span.from)} to ${timeOf(span.to)} UTC (${length}), ${samples} samples, a probe every ${duration(header.plan.intervalMs)}`;
}

export function footnote({ header, judgedBy, targets }: Survey): string {
  const unseen = targets.flatMap(({ info }) => shortestSeen(info.witnesses, header.plan.intervalMs) ?? []);
  const limit =
    unseen.length > 0
      ? `Where no clock was read, blackouts under ${duration(unseen[0]!)} may go unseen. `
      : '';
  return (
    `RTT: lowest to highest of each column. Lost: share of the probes sent. Light: thin green, middle amber, full red. Shaded: an event from its first sign to the return to normal. ` +
    `Blackout: how long the guest stood still, estimate and bounds. Unreachable: from the last reply before the gap to the first after it. ${limit}` +
    `${sentence(judgedBy)} Recorded by migwatch ${header.tool} on ${header.host}.`
  );
}

function sentence(line: string): string {
  return `${line[0]!.toUpperCase()}${line.slice(1)}.`;
}

export function leftOut({ more }: Survey): string[] {
  return more > 0 ? [`${more} more targets are not shown`] : [];
}

function section(picture: TargetPicture, { span }: Survey, first: number): string {
  const closeups = picture.columns.closeups.map((each, index) =>
    svg(CLOSEUP_WIDTH, CLOSEUP_HEIGHT, closeup(each, first + index), `event ${first + index} closely`),
  );
  const name = `round-trip times of ${picture.info.name}`;
  return `<section>
<figure class="whole">${svg(WIDTH, CHART_HEIGHT, chart(picture, span, first), name)}</figure>
${closeups.length > 0 ? `<figure class="closeups">${closeups.join('\n')}</figure>` : ''}
</section>`;
}

function svg(width: number, height: number, content: string, name: string): string {
  return tag('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name, ...FONT }, content);
}

function maintenanceTable({ header }: Survey, checklist: Checklist): string {
  const report = maintenanceReport(checklist, header.targets, at => timeOf(at, true));
  const caption = `Maintenance ${report.passed ? 'passed' : 'NOT PASSED'}: ${report.totals.join(', ')}`;
  const rows = report.rows.map(row => ({ cells: report.head.map((_, column) => row[column] ?? '') }));
  const notes = report.notes.map(note => `<p>${escaped(note)}</p>`);
  return [table(caption, report.head, rows, 4), ...notes].join('\n');
}

function targetTable(targets: readonly TargetPicture[]): string {
  const head = ['target', 'address', 'backend', 'sent', 'lost', 'loss', 'min', 'median', 'p95', 'p99', 'max'];
  const rows = targets.map(({ info, summary: { sent, lost, rttMs } }) => ({
    cells: [
      info.simulated ? `${info.name}, SIMULATED` : info.name,
      ...[info.address, info.backend, String(sent), String(lost), lossShare(lost, sent)],
      ...(['min', 'median', 'p95', 'p99', 'max'] as const).map(q => (rttMs ? figure(rttMs[q]) : '–')),
    ],
  }));
  return table('Round trips', head, rows, 3);
}

/** The table of events. The evidence is below each event, so that the table fits on paper. */
function eventTable({ targets }: Survey, numbers: readonly number[]): string {
  const rows = targets.flatMap(({ info, events }, index) =>
    events.map((event, place) => ({
      cells: [String(numbers[index]! + place), info.name, ...eventCells(event)],
      under: event.evidence.map(({ summary }) => summary).join('; '),
    })),
  );
  if (rows.length === 0) return '<p>No event was found.</p>';
  const head = ['no.', 'target', 'started (UTC)', 'kind', 'sure', 'blackout', 'unreachable'];
  return table('Events', head, rows.slice(0, MAX_ROWS), 4);
}

const MAX_ROWS = 2000;

function noteTable({ notes }: Survey): string {
  if (notes.length === 0) return '';
  const rows = notes
    .slice(0, MAX_ROWS)
    .map(({ at, text }) => ({ cells: [at === undefined ? '–' : timeOf(at, true), text] }));
  return table('Notes', ['time (UTC)', 'note'], rows, 2);
}

function eventCells(event: MigrationEvent): string[] {
  const { startedAt, confidence, blackoutMs, stuntimeMs } = event;
  return [
    timeOf(startedAt, true),
    kindWord(event),
    percent(confidence),
    blackoutMs
      ? `${blackoutMs.estimate.toFixed(0)} (${blackoutMs.low.toFixed(0)}–${blackoutMs.high.toFixed(0)}) ms`
      : '–',
    stuntimeMs === undefined ? '–' : `${stuntimeMs.toFixed(0)} ms`,
  ];
}

interface TableRow {
  cells: readonly string[];
  /** A line of text below the cells. */
  under?: string;
}

/** A row; columns from `numbers` on are right-aligned. */
function table(caption: string, head: readonly string[], rows: readonly TableRow[], numbers: number): string {
  const cell = (name: string) => (text: string, column: number) =>
    `<${name}${column >= numbers ? ' class="number"' : ''}>${escaped(text)}</${name}>`;
  const bodies = rows.map(({ cells, under }) => {
    const below = under
      ? `<tr class="under"><td></td><td colspan="${cells.length - 1}">${escaped(under)}</td></tr>`
      : '';
    return `<tbody><tr>${cells.map(cell('td')).join('')}</tr>${below}</tbody>`;
  });
  return `<div class="scroll"><table><caption>${caption}</caption>
<thead><tr>${head.map(cell('th')).join('')}</tr></thead>
${bodies.join('\n')}</table></div>`;
}
