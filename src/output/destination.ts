import { closeSync, fchmodSync, fsyncSync, lstatSync, writeSync } from 'node:fs';
import { printable } from '../core/format/text.js';
import type { Millis } from '../core/sample.js';
import { systemWords } from '../system/error-text.js';
import { NewFile } from '../system/new-file.js';

export type Write = (text: string) => void;

/** Where a document goes: standard output, or a file. Written at once, so that a slow reader slows us. */
export interface Destination {
  /**
   * Writes what `body` writes. When that fails it leaves no file, and a file that it was to replace stays as it was.
   */
  fill(body: (write: Write) => Promise<void> | void): Promise<void>;
}

const STDOUT = 1;
/** How long to wait for a pipe that is full. */
const PATIENCE: Millis = 5;

const standardOutput: Destination = {
  fill: async body => body(text => writeAll(STDOUT, 'standard output', text)),
};

/** Standard output where no path is given. Throws when the file exists and was not to be replaced. */
export function openDestination(path?: string, force = false): Destination {
  if (path === undefined) return standardOutput;
  try {
    const mode = force ? permissionsOf(path) : undefined;
    const file = NewFile.create(path, { replace: force });
    if (mode !== undefined) fchmodSync(file.fd, mode);
    return { fill: body => fill(file, path, body) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new Error(`${path} exists: choose another name, or add --force to replace it`, { cause });
  }
}

/** A path on a line of its own: exact for whoever reads on, and only to be looked at on a terminal. */
export function pathLine(path: string): string {
  return `${process.stdout.isTTY ? printable(path) : path}\n`;
}

async function fill(
  file: NewFile,
  path: string,
  body: (write: Write) => Promise<void> | void,
): Promise<void> {
  try {
    await body(text => writeAll(file.fd, path, text));
    fsyncSync(file.fd);
    file.publish();
  } catch (error) {
    file.discard();
    throw error;
  }
  closeSync(file.fd);
}

/** Those of a file that is replaced: it may be published somewhere. Undefined for a link and for what is not there. */
function permissionsOf(path: string): number | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isFile() ? there.mode & 0o777 : undefined;
}

/** Not by way of the stream: what that holds back is lost when the process ends, and grows until then. */
function writeAll(fd: number, name: string, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; )
    try {
      done += writeSync(fd, bytes, done);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new Error(`${name} was closed by its reader`, { cause });
      if (code !== 'EAGAIN')
        throw new Error(`cannot write to ${name}: ${systemWords(cause as Error)}`, { cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
    }
}
