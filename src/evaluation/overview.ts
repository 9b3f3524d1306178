import { basename } from 'node:path';
import { duration } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { printable } from '../core/format/text.js';
import { percent } from '../core/format/units.js';
import type { Analysis } from './analysis.js';
import { hours } from './coverage-text.js';

const HEAD = [
  'recording',
  'from (UTC)',
  'targets',
  'observed',
  'coverage',
  'loss',
  'red',
  'longest blackout',
  'events',
];
const NUMBERS = [2, 3, 4, 5, 6, 7];

/** One row a recording, as of a fleet's night or ten nights of one VM, and their totals. */
export function overviewTable(analyses: readonly Analysis[]): string[] {
  return textTable([HEAD, ...analyses.map(rowOf), totals(analyses)], NUMBERS);
}

function rowOf(analysis: Analysis): string[] {
  return [
    printable(basename(analysis.path)),
    new Date(analysis.startedAt).toISOString().slice(0, 16).replace('T', ' '),
    ...figures([analysis]),
  ];
}

function totals(analyses: readonly Analysis[]): string[] {
  return ['all', '', ...figures(analyses)];
}

/** Loss is over the probes that were sent, and time over that in which probes were sent. */
function figures(analyses: readonly Analysis[]): string[] {
  const targets = analyses.flatMap(each => each.targets);
  const events = analyses.flatMap(({ judgements }) => judgements.at(-1)!.events);
  const spans = analyses.map(({ startedAt, endedAt, targets: { length } }) => (endedAt - startedAt) * length);
  const [sent, lost, observed] = (['sent', 'lost', 'observedMs'] as const).map(name =>
    sum(targets.map(each => each[name])),
  );
  const whole = sum(spans);
  const blackouts = events.filter(({ red }) => red).map(({ blackoutMs }) => blackoutMs?.estimate ?? 0);
  const longest = Math.max(0, ...blackouts);
  return [
    String(new Set(targets.map(({ target }) => target)).size),
    hours(observed!),
    whole > 0 ? percent(Math.min(1, observed! / whole)) : '–',
    sent! > 0 ? percent(lost! / sent!) : '–',
    String(events.filter(({ red }) => red).length),
    longest > 0 ? duration(longest) : '–',
    kindsOf(events.map(({ kind }) => kind)),
  ];
}

function kindsOf(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
