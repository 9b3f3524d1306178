import { elapsed } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { printable } from '../core/format/text.js';
import { endingNotes } from '../recording/ending.js';
import type { Facts } from '../recording/facts.js';
import type { CatalogueEntry } from '../recording/store.js';

/** A folder's recordings, one line each. */
export function catalogueText(entries: readonly CatalogueEntry[], folder: string): string {
  if (entries.length === 0) return `no recordings in ${printable(folder)}: migwatch -r TARGET makes one\n`;
  const rows = entries.map(({ name, facts, notes, live, error }) => [
    printable(name),
    ...(facts
      ? [dateTime(facts.startedAt), length(facts), String(facts.samples), targets(facts), events(facts)]
      : [`can't be read: ${printable(error ?? '')}`]),
    ...(facts ? [[...state(facts, live), ...notes.map(({ text }) => printable(text))].join('; ')] : []),
  ]);
  const head = ['name', 'began (UTC)', 'length', 'samples', 'targets', 'events as shown', 'notes'];
  return `${textTable([head, ...rows], [2, 3]).join('\n')}\n`;
}

/** All that is known of one. */
export function entryText({ name, path, facts, notes, live, error }: CatalogueEntry): string {
  const told = facts
    ? [
        ['began', `${dateTime(facts.startedAt)} UTC`],
        ['length', length(facts)],
        ['samples', `${facts.samples} in ${facts.size} bytes`],
        ['targets', targets(facts, Infinity)],
        ['events as shown', events(facts)],
        ['state', state(facts, live).join('; ') || 'complete'],
      ]
    : [["can't be read", printable(error ?? '')]];
  const said = notes.map(({ text, at }, index) => [
    `note ${index + 1}`,
    `${at === undefined ? '' : `${dateTime(at)}: `}${printable(text)}`,
  ]);
  return `${textTable([['name', printable(name)], ['file', printable(path)], ...told, ...said]).join('\n')}\n`;
}

function state({ ending }: Facts, live: boolean): string[] {
  return live ? ['being recorded'] : endingNotes(ending).map(printable);
}

function targets({ targets }: Facts, most = 3): string {
  const names = targets.slice(0, most).map(({ name }) => printable(name));
  return names.join(', ') + (targets.length > most ? ` and ${targets.length - most} more` : '');
}

function events({ events }: Facts): string {
  return (
    Object.entries(events)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') || 'none'
  );
}

function length({ startedAt, endedAt }: Facts): string {
  return elapsed(endedAt - startedAt);
}

function dateTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19);
}
