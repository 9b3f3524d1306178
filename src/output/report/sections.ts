/** The parts of a page as HTML: a report and a shared page have the same. Every text from outside is escaped. */
import { shortestSeen } from '../../core/capabilities.js';
import { boundedDuration, duration, elapsed, figure } from '../../core/format/duration.js';
import { lossShare, percent } from '../../core/format/units.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import { hours } from '../../evaluation/coverage-text.js';
import { maintenanceReport } from '../../evaluation/maintenance.js';
import {
  FIGURE_NAMES,
  MIGRATION_FIGURES,
  type MigrationRow,
  quantileOf,
  valuesOf,
} from '../../evaluation/migrations.js';
import { figureText } from '../../evaluation/migrations-text.js';
import { endingNotes } from '../../recording/ending.js';
import { CHART_HEIGHT, chart, WIDTH } from './chart.js';
import { eventFigure } from './event-figure.js';
import { figureWords } from './event-words.js';
import { type FigureScales, scalesOf } from './figure-scales.js';
import { verdictSentence } from './sentence.js';
import { type EventPicture, MAX_PAGES, type Survey, type TargetPicture } from './survey.js';
import { escaped, FONT, tag } from './svg.js';
import { htmlTable, type TableRow } from './table.js';
import { timeOf } from './time-axis.js';

/** More rows are not read by anybody, and take long to show. */
const MAX_ROWS = 2000;
/** Rivals beyond the commonest are rare causes. */
const MAX_RIVALS = 5;

/** The place of an event in a page. */
export function anchorOf(number: string): string {
  return `event-${number.replace(/[^\w-]/g, '-')}`;
}

/** The head of a page: the title, the verdict in a sentence, and what was recorded. */
export function heading(survey: Survey): string {
  const { title, more, analysis } = survey;
  const notes = [
    ...endingNotes(analysis.ending),
    ...(more > 0 ? [`${more} more targets are not shown`] : []),
    ...(survey.targets.some(({ info }) => info.simulated) ? ['SIMULATED targets are not real'] : []),
  ];
  return `<h1>${escaped(title)}</h1>
<p class="verdict">${escaped(verdictSentence(survey))}</p>
<p class="about">${escaped(subtitle(survey))}</p>
${notes.map(note => `<p class="remark">${escaped(note)}</p>`).join('\n')}`;
}

export function subtitle({ analysis: { header, samples }, span }: Survey): string {
  const ms = span.to - span.from;
  const length = ms < 60_000 ? duration(ms) : elapsed(ms);
  return `${timeOf(span.from)} to ${timeOf(span.to)} UTC (${length}), ${samples} samples, a probe every ${duration(header.plan.intervalMs)}`;
}

/** The table of events, each with a link to its page. */
export function eventTable({ events }: Survey): string {
  if (events.length === 0) return '<p>No event was found.</p>';
  const rows = events.slice(0, MAX_ROWS).map(
    ({ number, event, page, detail }): TableRow => ({
      cells: [
        detail ? { text: number, to: anchorOf(number) } : number,
        page.name,
        timeOf(event.startedAt, true),
        event.expected ? `${page.kind}, expected` : page.kind,
        event.blackoutMs ? boundedDuration(event.blackoutMs) : '–',
        event.stuntimeMs === undefined ? '–' : duration(event.stuntimeMs),
        event.endedAt === undefined ? 'open' : duration(event.endedAt - event.startedAt),
        percent(event.confidence),
      ],
      under: page.why,
    }),
  );
  const head = ['no.', 'target', 'first sign (UTC)', 'kind', 'blackout', 'unreachable', 'span', 'sure'];
  return [
    htmlTable('Events', head, rows, 4),
    ...(events.length > MAX_ROWS ? [`<p>${events.length - MAX_ROWS} more events are not listed.</p>`] : []),
  ].join('\n');
}

export function targetTable(targets: readonly TargetPicture[]): string {
  const head = ['target', 'address', 'backend', 'coverage', 'sent', 'lost', 'loss'];
  const rows = targets.map(({ info, summary }) => ({
    cells: [
      info.simulated ? `${info.name}, SIMULATED` : info.name,
      ...[info.address, info.backend, percent(summary.coverage), String(summary.sent), String(summary.lost)],
      lossShare(summary.lost, summary.sent),
      ...QUANTILES.map(q => (summary.rttMs ? figure(summary.rttMs[q]) : '–')),
    ],
  }));
  return htmlTable('Round trips', [...head, ...QUANTILES], rows, 3);
}

const QUANTILES = ['min', 'median', 'p95', 'p99', 'max'] as const;

/** The migrations as seen and as their hypervisors reported them; empty if no hypervisor reported any. */
export function migrationTable({ migrations, targets }: Survey): string {
  if (migrations.every(({ reported }) => reported === 'unknown')) return '';
  const names = new Map(targets.map(({ info, summary }) => [summary.target, info.name]));
  const word = ({ reported, seen }: MigrationRow) =>
    ({ yes: seen ? 'reported' : 'reported, not seen', no: 'not reported', unknown: '–' })[reported];
  const rows = migrations.slice(0, MAX_ROWS).map(row => ({
    cells: [
      timeOf(row.at, true),
      names.get(row.target) ?? row.target,
      word(row),
      row.transport === 'unknown' ? '–' : row.transport,
      ...FIGURE_NAMES.map(name => figureText(name, row.figures[name])),
    ],
  }));
  const summaries = (
    [
      ['median', 0.5],
      ['p95', 0.95],
    ] as const
  ).map(([label, share]) => ({
    cells: [
      ...[`${label} of ${migrations.length}`, '', '', ''],
      ...FIGURE_NAMES.map(name => figureText(name, quantileOf(valuesOf(migrations, name), share))),
    ],
  }));
  const head = ['migration at (UTC)', 'target', 'hypervisor', 'transport', ...FIGURE_NAMES];
  const legend = FIGURE_NAMES.map(name => `${name}: ${MIGRATION_FIGURES[name].help}`).join('; ');
  return `${htmlTable('Migrations, as seen and as reported', head, [...rows, ...summaries], 4)}
<p class="about">${escaped(legend)}.</p>`;
}

export function maintenanceTable({ analysis: { header } }: Survey, checklist: Checklist): string {
  const report = maintenanceReport(checklist, header.targets, at => timeOf(at, true));
  const caption = `Maintenance ${report.passed ? 'passed' : 'NOT PASSED'}: ${report.totals.join(', ')}`;
  const rows = report.rows.map(row => ({ cells: report.head.map((_, column) => row[column] ?? '') }));
  const notes = report.notes.map(note => `<p>${escaped(note)}</p>`);
  return [htmlTable(caption, report.head, rows, 4), ...notes].join('\n');
}

export function noteTable({ notes }: Survey): string {
  if (notes.length === 0) return '';
  const rows = notes
    .slice(0, MAX_ROWS)
    .map(({ at, text }) => ({ cells: [at === undefined ? '–' : timeOf(at, true), text] }));
  return htmlTable('Notes', ['time (UTC)', 'note'], rows, 2);
}

/** The picture of each target over the whole time. */
export function targetCharts({ targets, events, span }: Survey): string {
  return targets
    .map(picture => {
      const own = events.filter(({ event }) => event.target === picture.summary.target);
      const lost = picture.gaps.reduce((sum, { from, to }) => sum + to - from, 0);
      const words = `${picture.info.name}: round trips, losses, light and ${own.length} events over the whole time${lost > 0 ? `; ${hours(lost)} not observed, hatched` : ''}`;
      return `<section class="target"><figure>${svg(WIDTH, CHART_HEIGHT, chart(picture, own, span), words)}</figure></section>`;
    })
    .join('\n');
}

/** The page of each event: its figure, and the verdict in steps with what is for and against it. */
export function eventSections(survey: Survey): string {
  const scales = scalesOf(survey);
  const gaps = new Map(survey.targets.map(picture => [picture.summary.target, picture]));
  const pages = survey.events
    .filter(({ detail }) => detail)
    .map(event => eventSection(event, scales, gaps.get(event.event.target)!));
  const left = survey.events.length - pages.length;
  const isCut = left > 0 && pages.length === MAX_PAGES;
  return [...pages, ...(isCut ? [`<p>${left} more events have no page here.</p>`] : [])].join('\n');
}

function eventSection(picture: EventPicture, scales: FigureScales, target: TargetPicture): string {
  const { number, event, page, reported } = picture;
  const { content, height } = eventFigure(picture, scales, target, WIDTH);
  const rivals = page.rivals
    .slice(0, MAX_RIVALS)
    .map(
      ({ cause, asks, answer }) => `${cause.name}: ${asks} ${answer[0]!.toUpperCase()}${answer.slice(1)}.`,
    );
  const lists = [
    list(
      'For it',
      page.evidence.map(({ witness, text }) => `${witness}: ${text}`),
    ),
    list(
      'Against it',
      page.against.map(({ witness, text }) => `${witness}: ${text}`),
    ),
    list('Answers that would have pointed to another cause', rivals),
  ];
  const light = event.red ? 'red' : 'amber';
  return `<section class="event" id="${anchorOf(number)}">
<h2><span class="lamp ${light}"></span>${escaped(`${number} ${page.kind}`)}<span class="where">${escaped(`${page.name}, ${timeOf(event.startedAt, true)} UTC`)}</span></h2>
<p class="steps">${page.steps.map(escaped).join(' <span class="arrow">→</span> ')}</p>
<figure>${svg(WIDTH, height, content, figureWords(picture))}<figcaption>${escaped(figureWords(picture))}</figcaption></figure>
<p class="facts">${escaped([...page.facts, ...(reported ? [`hypervisor: ${reported}`] : [])].join(' · '))}</p>
<div class="reasons">${lists.join('\n')}</div>
</section>`;
}

function list(title: string, items: readonly string[]): string {
  const body =
    items.length > 0
      ? `<ul>${items.map(item => `<li>${escaped(item)}</li>`).join('')}</ul>`
      : '<p>nothing</p>';
  return `<div><h3>${escaped(title)}</h3>${body}</div>`;
}

export function svg(width: number, height: number, content: string, words: string): string {
  const { 'font-family': family, 'font-size': size } = FONT;
  const box = { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': words };
  return tag('svg', { ...box, 'font-family': family, 'font-size': size }, content);
}

/** What lines, shades and words mean. */
export function legend({ targets, analysis, judgedBy }: Survey): string {
  const { header } = analysis;
  const unseen = targets.flatMap(({ info }) => shortestSeen(info.witnesses, header.plan.intervalMs) ?? []);
  const limit =
    unseen.length > 0
      ? `Where no clock was read, blackouts under ${duration(unseen[0]!)} may go unseen. `
      : '';
  return (
    'Overview: lowest to highest RTT of each column; lost: share of the probes sent; light: thin green, middle amber, full red; shaded: an event from its first sign to the return to normal. ' +
    'Events: a dot is an answer at the time of its sending, a ring one that came after the timeout, × a lost probe; the band is the blackout, the bar below the axis the whole event; ' +
    'the guest clock is drawn against its first reading; long ticks are RARP frames, short ones gratuitous ARP or neighbour advertisements; dashed lines are STOP and RESUME from labels, dotted ones from the hypervisor. ' +
    'All event figures have the same RTT scale, and those of one length the same clock scale. Hatched: nothing was probed. ' +
    `Blackout: how long the guest stood still, estimate and bounds. Unreachable (stuntime): last answer before the gap to the first after it. Span: first sign to the return to normal. ${limit}` +
    `${judgedBy[0]!.toUpperCase()}${judgedBy.slice(1)}. Recorded by migwatch ${header.tool} on ${header.host}.`
  );
}
