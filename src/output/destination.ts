import { closeSync, openSync, writeSync } from 'node:fs';
import type { Millis } from '../core/sample.js';
import { printable } from '../ui/words/text.js';

/** Where a document goes: standard output, or a file. Written at once, so that a slow reader slows us. */
export interface Destination {
  write(text: string): void;
  close(): void;
}

const STDOUT = 1;
/** How long to wait for a pipe that is full. */
const PATIENCE: Millis = 5;

/** Standard output where no path is given. Throws when the file exists and was not to be replaced. */
export function openDestination(path?: string, force = false): Destination {
  if (path === undefined) return { write: text => writeAll(STDOUT, text), close: () => {} };
  try {
    const fd = openSync(path, force ? 'w' : 'wx', 0o600);
    return { write: text => writeAll(fd, text), close: () => closeSync(fd) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Error(`${path} exists: choose another name, or add --force to replace it`, { cause });
  }
}

/** A path on a line of its own: exact for whoever reads on, and only to be looked at on a terminal. */
export function pathLine(path: string): string {
  return `${process.stdout.isTTY ? printable(path) : path}\n`;
}

/** Not by way of the stream: what that holds back is lost when the process ends, and grows until then. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; )
    try {
      done += writeSync(fd, bytes, done);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new Error('standard output was closed by its reader', { cause });
      if (code !== 'EAGAIN') throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
    }
}
