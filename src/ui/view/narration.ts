import { printable } from '../../core/format/text.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';

/** More than fit on any screen. */
const MAX_NOTES = 10;

/** The latest notes until now, oldest first. */
export function recentNotes(notes: readonly Note[], now: Millis): Note[] {
  const next = notes.findIndex(({ at }) => at > now);
  const past = next < 0 ? notes : notes.slice(0, next);
  return past.slice(-MAX_NOTES).map(note => ({ ...note, text: printable(note.text) }));
}
