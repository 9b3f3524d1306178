import { elapsed } from '../core/format/duration.js';
import { textTable } from '../core/format/table.js';
import { printable } from '../core/format/text.js';
import { endingNotes } from '../recording/ending.js';
import type { Facts } from '../recording/facts.js';
import type { CatalogueEntry, Note } from '../recording/store.js';

/** A line of the table shows so many notes; `show` lists them all. */
const LISTED_NOTES = 5;

/** A table of a folder's recordings, one line each. */
export function catalogueText(entries: readonly CatalogueEntry[], folder: string): string {
  if (entries.length === 0) return `no recordings in ${printable(folder)}: migwatch -r TARGET makes one\n`;
  const rows = entries.map(({ name, facts, notes, live, error }) => [
    printable(name),
    ...(facts
      ? [dateTime(facts.startedAt), length(facts), String(facts.samples), targets(facts), events(facts)]
      : [`can't be read: ${printable(error ?? '')}`]),
    ...(facts ? [[...state(facts, live), ...shortNotes([...facts.notes, ...notes])].join('; ')] : []),
  ]);
  const head = ['name', 'began (UTC)', 'length', 'samples', 'targets', 'events as shown', 'notes'];
  return `${textTable([head, ...rows], [2, 3]).join('\n')}\n`;
}

/** The details of one recording. */
export function entryText({ name, path, facts, notes, live, error }: CatalogueEntry): string {
  const details = facts
    ? [
        ['began', `${dateTime(facts.startedAt)} UTC`],
        ['length', length(facts)],
        ['samples', `${facts.samples} in ${facts.size} bytes`],
        ['targets', targets(facts, Infinity)],
        ['events as shown', events(facts)],
        ['state', state(facts, live).join('; ') || 'complete'],
      ]
    : [["can't be read", printable(error ?? '')]];
  const recorded = (facts?.notes ?? []).map(note => ['recorded note', noteText(note)]);
  const later = notes.map((note, index) => [`note ${index + 1}`, noteText(note)]);
  const rows = [['name', printable(name)], ['file', printable(path)], ...details, ...recorded, ...later];
  return `${textTable(rows).join('\n')}\n`;
}

function noteText({ at, text }: Note): string {
  return `${at === undefined ? '' : `${dateTime(at)}: `}${printable(text)}`;
}

/** The first notes, and how many more there are. */
function shortNotes(notes: readonly Note[]): string[] {
  const texts = notes.slice(0, LISTED_NOTES).map(({ text }) => printable(text));
  return notes.length > LISTED_NOTES ? [...texts, `${notes.length - LISTED_NOTES} more notes`] : texts;
}

function state({ ending }: Facts, live: boolean): string[] {
  return live ? ['being recorded'] : endingNotes(ending).map(printable);
}

function targets({ targets }: Facts, max = 3): string {
  const names = targets.slice(0, max).map(({ name }) => printable(name));
  return names.join(', ') + (targets.length > max ? ` and ${targets.length - max} more` : '');
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
