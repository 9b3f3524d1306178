import type { MigrationEvent } from '../core/event.js';
import { figure } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { printable } from '../core/format/text.js';
import { percent } from '../core/format/units.js';
import type { Note } from '../core/note.js';
import type { Millis } from '../core/sample.js';
import { endingNotes } from '../recording/ending.js';
import type { Analysis, Judgment, TargetFigures } from './analysis.js';
import { lineUp } from './compare.js';
import { labelOf, unobservedLines } from './coverage-text.js';
import type { TargetChange } from './level-changes.js';
import { maintenanceReport, maintenanceText } from './maintenance.js';
import type { Scores } from './scoring.js';
import { figuresTable, verdictTable } from './tables.js';

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** The analysis of one recording as text. */
export function analysisText(analysis: Analysis): string {
  const { path, startedAt, endedAt, samples, header, ending } = analysis;
  const { judgements, recorded, maintenance, changes, notes } = analysis;
  const span = `${dateTime(startedAt)} to ${dateTime(endedAt)} UTC`;
  const [judged] = judgements.slice(-1);
  const remarks = [...endingNotes(ending), ...judgements.flatMap(({ notices }) => notices)];
  return [
    printable(path),
    `${span}, ${samples} samples, a probe every ${header.plan.intervalMs} ms`,
    ...[...(judged?.line ? [judged.line] : []), ...remarks].map(printable),
    '',
    ...targetTable(analysis.targets),
    ...unobservedLines(analysis).map(printable),
    '',
    ...(judgements.length > 1
      ? comparison(recorded, judgements)
      : eventTable(judgements[0]!.events, analysis.targets)),
    ...(changes ? ['', ...changeTable(changes)] : []),
    ...(notes.length > 0 ? ['', ...noteTable(notes)] : []),
    ...(maintenance ? ['', maintenanceText(maintenanceReport(maintenance, header.targets, dateTime))] : ['']),
  ].join('\n');
}

function targetTable(targets: readonly TargetFigures[]): string[] {
  const head = [
    'target',
    'sent',
    'lost',
    'loss',
    'coverage',
    'RTT min',
    'median',
    'p95',
    'p99',
    'max',
    'jitter¹',
    'events',
  ];
  const rows = targets.map(each => [
    printable(labelOf(each)),
    String(each.sent),
    String(each.lost),
    percent(each.lost / Math.max(1, each.sent)),
    percent(each.coverage),
    ...(['min', 'median', 'p95', 'p99', 'max'] as const).map(q => (each.rttMs ? figure(each.rttMs[q]) : '–')),
    each.jitterMs === undefined ? '–' : figure(each.jitterMs),
    kinds(each.events),
  ]);
  return [
    ...textTable([head, ...rows], NUMBERS),
    '¹ mean absolute difference of the RTTs of successive probes',
  ];
}

function kinds(counts: TargetFigures['events']): string {
  const words = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return words.join(', ') || 'none';
}

function eventTable(events: readonly MigrationEvent[], targets: readonly TargetFigures[]): string[] {
  if (events.length === 0) return ['no events'];
  const labels = new Map(targets.map(each => [each.target, printable(labelOf(each))]));
  const rows = events.map(event => [
    dateTime(event.startedAt),
    labels.get(event.target) ?? printable(event.target),
    event.kind,
    blackout(event),
    event.stuntimeMs === undefined ? '' : ms(event.stuntimeMs),
    event.endedAt === undefined ? 'open' : ms(event.endedAt - event.startedAt),
    percent(event.confidence),
    printable(event.evidence[0]?.summary ?? ''),
  ]);
  const table = textTable(
    [['event (UTC)', 'target', 'kind', 'blackout', 'unreachable', 'span', 'sure', 'why'], ...rows],
    [4, 5, 6],
  );
  return [...table, ...FIGURES];
}

/** What the three durations of an event are. */
const FIGURES = [
  'blackout: how long the guest stood still, with its bounds; unreachable (stuntime): from the last reply before the gap to the',
  'first one after it; span: from the first sign of the event until the target answered as before',
];

/** A table of the moments at which the level of the round trips moved. */
function changeTable(changes: readonly TargetChange[]): string[] {
  if (changes.length === 0) return ['no change of level'];
  const rows = changes.map(({ target, at, fromMs, toMs, probability, confirmedAt }) => [
    dateTime(at),
    printable(target),
    `${figure(fromMs)} → ${figure(toMs)}`,
    `${(100 * Math.min(0.999, probability)).toFixed(1)} %`,
    dateTime(confirmedAt),
  ]);
  return textTable([['level moved (UTC)', 'target', 'RTT', 'sure', 'confirmed (UTC)'], ...rows], [3]);
}

/** The notes, each at its moment. */
function noteTable(notes: readonly Note[]): string[] {
  const rows = notes
    .slice(0, MAX_NOTES)
    .map(({ at, text, target }) => [
      dateTime(at),
      printable(target ?? ''),
      printable(text.slice(0, MAX_NOTE)),
    ]);
  const more = notes.length - rows.length;
  return [
    ...textTable([['note (UTC)', 'target', 'text'], ...rows]),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

/** Notes of a busy machine would hide the events. */
const MAX_NOTES = 200;
const MAX_NOTE = 120;

/** A table with one row a disturbance and one column a set of detectors. */
function comparison(recorded: readonly MigrationEvent[], judgements: readonly Judgment[]): string[] {
  const columns = [
    ...(recorded.length > 0 ? [{ name: 'as recorded', events: recorded }] : []),
    ...judgements,
  ];
  const rows = lineUp(columns.map(({ events }) => events)).map(({ target, startedAt, seen }) => [
    dateTime(startedAt),
    printable(target),
    ...seen.map(event => (event ? `${event.kind} ${blackout(event)}`.trim() : '–')),
  ]);
  const counts = columns.map(({ events }) => String(events.length));
  return textTable([
    ['event (UTC)', 'target', ...columns.map(({ name }) => printable(name))],
    ...rows,
    ['events', '', ...counts],
  ]);
}

/** Every action with the verdict of the last set of detectors, the defaults, and then the scores of all sets. */
export function scoreText(scores: Scores, judgements: readonly Judgment[]): string {
  const ours = scores[judgements.at(-1)!.name]!;
  const named = Object.fromEntries(Object.entries(scores).map(([name, each]) => [printable(name), each]));
  return [...verdictTable(ours), '', ...figuresTable(named), ''].map(printable).join('\n');
}

function blackout({ blackoutMs }: MigrationEvent): string {
  if (!blackoutMs) return '';
  const { estimate, low, high } = blackoutMs;
  return `${estimate.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)}) ms`;
}

function ms(value: Millis): string {
  return `${value.toFixed(0)} ms`;
}

function dateTime(at: Millis): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, -1);
}
