import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Note } from '../core/note.js';
import { takeLines } from '../system/text-lines.js';

const CAPACITY = 1000;
const MAX_LINE = 500;

/** The latest 1000 notes of a session, oldest first. */
export class Notes {
  readonly all: Note[] = [];

  note(note: Note): void {
    this.all.push(note);
    if (this.all.length > CAPACITY) this.all.shift();
  }
}

/**
 * Calls `add` with each line of a file, a pipe, or standard input for `-`, as it is written. Returns what stops that.
 * `say` gets a message if reading fails.
 */
export function takeNotes(
  file: string,
  add: (text: string) => void,
  say: (text: string) => void,
): () => void {
  const stream = openNotes(file);
  stream.once('error', error => say(`no more notes from ${file}: ${error.message}`));
  void takeLines(stream, MAX_LINE, line => {
    if (line.trim() !== '') add(line.trim());
  });
  return () => void stream.destroy();
}

/**
 * A named pipe is also opened for writing, so that its writers may come and go, and without blocking: a thread that waits
 * in `open` can't be stopped.
 */
function openNotes(file: string): Readable {
  if (file === '-') return process.stdin;
  if (!statSync(file, { throwIfNoEntry: false })?.isFIFO()) return createReadStream(file);
  return new Socket({ fd: openSync(file, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
}
