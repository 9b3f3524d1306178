import { closeSync, fchmodSync, fsyncSync, lstatSync, writeSync } from 'node:fs';
import { printable } from '../core/format/text.js';
import type { Millis } from '../core/sample.js';
import { systemWords } from '../system/error-text.js';
import { NewFile } from '../system/new-file.js';

/** Writes a text as UTF-8, or bytes as they are. */
export type Write = (content: string | Uint8Array) => void;

/** Where a document goes: standard output or a file. Writes block, so that a slow reader slows down the writer. */
export interface Destination {
  /**
   * Writes what `body` writes. If that fails, no file is left, and an existing file stays unchanged.
   */
  fill(body: (write: Write) => Promise<void> | void): Promise<void>;
}

const STDOUT = 1;
/** Pause before the next write to a full pipe. */
const RETRY_MS: Millis = 5;

const standardOutput: Destination = {
  fill: async body => body(content => writeAll(STDOUT, 'standard output', content)),
};

/** The file at `path`, or standard output without a path. Throws an Error if the file exists and `force` is not set. */
export function openDestination(path?: string, force = false): Destination {
  if (path === undefined) return standardOutput;
  try {
    const mode = force ? permissionsOf(path) : undefined;
    const file = NewFile.create(path, { replace: force });
    if (mode !== undefined) fchmodSync(file.fd, mode);
    return { fill: body => fill(file, path, body) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw existing(path, cause);
  }
}

/** The same for a document that is of no use on a terminal: throws an Error that asks for a file there. */
export function openDocument(path: string | undefined, force: boolean, example: string): Destination {
  expectPlace(path, force, example);
  return openDestination(path, force);
}

/** Throws the Errors of `openDocument` that can be known before the document is made. */
export function expectPlace(path: string | undefined, force: boolean, example: string): void {
  if (path === undefined && process.stdout.isTTY)
    throw new Error(
      `a document does not fit a terminal: name a file with -o ${example}, or write into a pipe`,
    );
  if (path !== undefined && !force && lstatSync(path, { throwIfNoEntry: false })) throw existing(path);
}

function existing(path: string, cause?: unknown): Error {
  return new Error(`${path} exists: choose another name, or add --force to replace it`, { cause });
}

/** A path and a newline: exact for a program that reads it, printable on a terminal. */
export function pathLine(path: string): string {
  return `${process.stdout.isTTY ? printable(path) : path}\n`;
}

async function fill(
  file: NewFile,
  path: string,
  body: (write: Write) => Promise<void> | void,
): Promise<void> {
  try {
    await body(content => writeAll(file.fd, path, content));
    fsyncSync(file.fd);
    file.publish();
  } catch (error) {
    file.discard();
    throw error;
  }
  closeSync(file.fd);
}

/** The permissions of a file that is replaced, which others may read. Undefined for a link and for a missing file. */
function permissionsOf(path: string): number | undefined {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.isFile() ? there.mode & 0o777 : undefined;
}

/** Bypasses the stream, whose buffer grows without limit and is lost when the process ends. */
function writeAll(fd: number, name: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let done = 0; done < bytes.length; )
    try {
      done += writeSync(fd, bytes, done);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new Error(`${name} was closed by its reader`, { cause });
      if (code !== 'EAGAIN')
        throw new Error(`cannot write to ${name}: ${systemWords(cause as Error)}`, { cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
}
