import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Note } from '../core/note.js';
import type { Millis } from '../core/sample.js';
import { takeLines } from '../system/text-lines.js';

const KEPT = 1000;
const LONGEST = 500;

/** What was told of a session while it ran, oldest first. */
export class Notes {
  readonly all: Note[] = [];

  constructor(private readonly now: () => Millis) {}

  /** The words as a note about this moment. */
  add(text: string): Note {
    const note = { at: this.now(), text };
    this.all.push(note);
    if (this.all.length > KEPT) this.all.shift();
    return note;
  }
}

/** Makes a note of every line of a file, a pipe, or standard input for `-`, as they come, until it is stopped. */
export function takeNotes(
  file: string,
  add: (text: string) => void,
  say: (text: string) => void,
): () => void {
  const stream = openNotes(file);
  stream.once('error', error => say(`no more notes from ${file}: ${error.message}`));
  void takeLines(stream, LONGEST, line => {
    if (line.trim() !== '') add(line.trim());
  });
  return () => void stream.destroy();
}

/**
 * A named pipe is held open for writing too, so that its writers may come and go, and is never waited for: a thread that
 * did could not be ended.
 */
function openNotes(file: string): Readable {
  if (file === '-') return process.stdin;
  if (!statSync(file, { throwIfNoEntry: false })?.isFIFO()) return createReadStream(file);
  return new Socket({ fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
}
