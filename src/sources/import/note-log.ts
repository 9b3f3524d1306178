import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import { isSample } from '../../recording/reader.js';
import { linesOf } from './lines.js';
import type { ImportEntry, LogEntry } from './log.js';
import { NoteLines } from './note-lines.js';

/** Notes of one log that are read; a busy machine writes as many in some hours. */
const MAX_READ = 100_000;
/** Notes that a recording, a report or a screen gets. */
const MAX_NOTES = 1000;
/** Notes so long before the first sample and after the last are about them too. */
const MARGIN_MS: Millis = 60_000;

export interface NoteLog {
  /** In the order of time. */
  notes: readonly Note[];
  /** What was not read, in words. */
  remarks: readonly string[];
}

/** Reads any log as notes, with their times moved by `offsetMs`. Throws for a file in which no line has a moment. */
export function readNoteLog(path: string, offsetMs: Millis): NoteLog {
  const reader = new NoteLines();
  const notes: Note[] = [];
  const remarks: string[] = [];
  for (const { text } of linesOf(path)) {
    notes.push(...reader.read(text));
    if (notes.length < MAX_READ) continue;
    remarks.push(`${path}: only the first ${MAX_READ} notes are read`);
    break;
  }
  notes.push(...reader.end());
  if (notes.length === 0)
    throw new RangeError(
      `${path}: no line begins with a moment. Accepted: journalctl -o export, -o json or -o short-iso; lines such as "2026-11-21 02:10:00 starting migration"`,
    );
  if (reader.undated > 0)
    remarks.push(`${path}: lines without a moment, which are left out: ${reader.undated}`);
  const moved = notes.map(note => ({ ...note, at: note.at + offsetMs })).sort((a, b) => a.at - b.at);
  return { notes: moved, remarks };
}

/** The notes of a span of time, and a remark if there are too many or none. */
export function notesWithin(all: readonly Note[], from: Millis, to: Millis): NoteLog {
  const within = all.filter(({ at }) => at >= from - MARGIN_MS && at <= to + MARGIN_MS);
  const remarks = [
    ...(within.length === 0 && all.length > 0 ? [noneWithin(all)] : []),
    ...(within.length > MAX_NOTES ? [`only the first ${MAX_NOTES} of ${within.length} notes are shown`] : []),
  ];
  return { notes: within.slice(0, MAX_NOTES), remarks };
}

function noneWithin(all: readonly Note[]): string {
  const [first, last] = [all[0]!, all.at(-1)!].map(({ at }) => new Date(at).toISOString());
  return `no note is within the recording: the notes are from ${first} to ${last}; --time-offset moves them`;
}

/** Puts the notes among the samples of a log, as far as they are about its time. */
export function* withNotes(entries: Iterable<LogEntry>, notes: readonly Note[]): Generator<ImportEntry> {
  let next = -1;
  let latest: Millis = -Infinity;
  for (const entry of entries) {
    if (isSample(entry)) {
      latest = Math.max(latest, entry.knownAt);
      if (next < 0) next = indexFrom(notes, entry.at - MARGIN_MS);
      for (; notes[next] && notes[next]!.at <= entry.knownAt; next++)
        yield { type: 'note', data: notes[next]! };
    }
    yield entry;
  }
  if (next >= 0)
    for (; notes[next] && notes[next]!.at <= latest + MARGIN_MS; next++)
      yield { type: 'note', data: notes[next]! };
}

/** The first note at a moment or later. */
function indexFrom(notes: readonly Note[], from: Millis): number {
  const index = notes.findIndex(({ at }) => at >= from);
  return index < 0 ? notes.length : index;
}
