import type { MigrationEvent } from '../core/event.js';
import { duration } from '../core/format/duration.js';
import { eventLine } from '../core/format/event-line.js';
import { printable } from '../core/format/text.js';
import { percent } from '../core/format/units.js';
import type { Analysis } from '../evaluation/analysis.js';
import { unobservedLines } from '../evaluation/coverage-text.js';
import { csvLine } from './csv.js';

/** Relied on by others: new ones are added at the end. */
export const EVENT_COLUMNS = [
  ...['id', 'target', 'name', 'kind', 'red', 'startedAt', 'endedAt', 'detectedAt'],
  ...['blackoutMs', 'blackoutLowMs', 'blackoutHighMs', 'unreachableMs', 'spanMs'],
  ...['confidence', 'expected', 'rule', 'why', 'evidence', 'against'],
] as const;

/** The events as CSV with a heading, one row an event. */
export function eventsCsv(analysis: Analysis): string {
  const names = namesOf(analysis);
  const rows = eventsOf(analysis).map(event => {
    const fields = fieldsOf(event, names);
    return csvLine(EVENT_COLUMNS.map(column => fields[column]));
  });
  return csvLine(EVENT_COLUMNS) + rows.join('');
}

const HEAD = ['event (UTC)', 'target', 'kind', 'blackout', 'unreachable', 'span', 'sure', 'why'];

/** The events as a table in Markdown, below what was observed. */
export function eventsMarkdown(analysis: Analysis): string {
  const names = namesOf(analysis);
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const events = eventsOf(analysis).map(event => row(markdownCells(event, names)));
  const span = [analysis.startedAt, analysis.endedAt].map(at => dateTime(at));
  return [
    `${span.join(' to ')} UTC, targets: ${analysis.targets.length}, events: ${events.length}`,
    '',
    ...unobservedLines(analysis).map(line => `- ${escaped(printable(line))}`),
    ...(unobservedLines(analysis).length > 0 ? [''] : []),
    row(HEAD),
    row(HEAD.map((_, index) => (index >= 3 && index <= 6 ? '---:' : '---'))),
    ...events,
    '',
  ].join('\n');
}

function eventsOf({ judgements }: Analysis): readonly MigrationEvent[] {
  return judgements.at(-1)!.events;
}

function namesOf({ targets }: Analysis): ReadonlyMap<string, string> {
  return new Map(targets.map(({ target, name }) => [target, name]));
}

/** The fields of the event's JSON line, with bounds and lists as cells. */
function fieldsOf(event: MigrationEvent, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const { blackoutMs, evidence, against = [] } = event;
  const summaries = (items: MigrationEvent['evidence']) => items.map(({ summary }) => summary).join('; ');
  return {
    ...eventLine(event),
    name: names.get(event.target) ?? event.target,
    blackoutMs: blackoutMs?.estimate,
    blackoutLowMs: blackoutMs?.low,
    blackoutHighMs: blackoutMs?.high,
    why: evidence[0]?.summary,
    evidence: summaries(evidence.slice(1)),
    against: summaries(against),
  };
}

function markdownCells(event: MigrationEvent, names: ReadonlyMap<string, string>): string[] {
  const { startedAt, endedAt, kind, blackoutMs, stuntimeMs, confidence } = event;
  return [
    dateTime(startedAt),
    printable(names.get(event.target) ?? event.target),
    kind,
    blackoutMs ? duration(blackoutMs.estimate) : '',
    stuntimeMs === undefined ? '' : duration(stuntimeMs),
    endedAt === undefined ? 'open' : duration(endedAt - startedAt),
    percent(confidence),
    printable(event.evidence[0]?.summary ?? ''),
  ];
}

/**
 * Texts come from outside: none of them may end a cell, or be taken for a link, a picture or HTML. GitHub's Markdown makes links of
 * bare addresses too, escaped or not, so an invisible word joiner parts them.
 */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&#!]/g, '\\$&').replace(/:(?=\/\/)|www(?=\.)|@/gi, `$&${WORD_JOINER}`);
}

const WORD_JOINER = '\u2060';

function dateTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, -1);
}
