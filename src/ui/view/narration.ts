import { printable } from '../../core/format/text.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';

/** More than any screen has room for beside the rest. */
const MOST = 10;

/** The last that was told until now, oldest first. */
export function narrationOf(notes: readonly Note[], now: Millis): Note[] {
  const next = notes.findIndex(({ at }) => at > now);
  const told = next < 0 ? notes : notes.slice(0, next);
  return told.slice(-MOST).map(note => ({ ...note, text: printable(note.text) }));
}
