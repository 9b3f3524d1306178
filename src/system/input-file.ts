import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Millis } from '../core/sample.js';

/** Pause before the next read of an empty pipe. */
const RETRY_MS: Millis = 20;
/** How long to wait for the writer of a named pipe. Without one, it is probably not the intended file. */
const WRITER_TIMEOUT_MS: Millis = 5000;
/** A list of a million targets is a quarter of this. */
const MAX_BYTES = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;
const STDIN = 0;

/**
 * A file, or standard input for `-`, read in pieces. A read never blocks for ever: a named pipe without a writer is refused
 * after WRITER_TIMEOUT_MS.
 */
export class InputFile {
  private readonly fd: number;
  private readonly isPipe: boolean;
  private hasWriter = false;

  constructor(path: string) {
    const { O_RDONLY, O_NONBLOCK } = constants;
    this.fd = path === '-' ? STDIN : openSync(path, O_RDONLY | O_NONBLOCK);
    this.isPipe = this.fd !== STDIN && fstatSync(this.fd).isFIFO();
  }

  /** Bytes read, 0 at the end. Throws the system's own error. */
  read(buffer: Buffer, offset: number, length: number): number {
    for (let waited = 0; ; waited += RETRY_MS) {
      const count = this.readNow(buffer, offset, length);
      if (count > 0 || (count === 0 && (this.hasWriter || !this.isPipe))) return count;
      if (!this.hasWriter && waited >= WRITER_TIMEOUT_MS)
        throw new Error(
          `no process writes into this pipe (waited ${WRITER_TIMEOUT_MS / 1000} s): start the writer, or name a file`,
        );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }

  close(): void {
    if (this.fd !== STDIN) closeSync(this.fd);
  }

  /** The number of bytes; −1 if the pipe has a writer and no data yet. */
  private readNow(buffer: Buffer, offset: number, length: number): number {
    try {
      const count = readSync(this.fd, buffer, offset, length, null);
      this.hasWriter ||= count > 0;
      return count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      this.hasWriter = true;
      return -1;
    }
  }
}

/** A whole text file, or standard input for `-`. Throws for more than `maxBytes`, since a device never ends. */
export function readTextFile(path: string, maxBytes = MAX_BYTES): string {
  const file = new InputFile(path);
  try {
    const pieces: Buffer[] = [];
    for (let total = 0; ; ) {
      const piece = Buffer.allocUnsafe(CHUNK);
      const count = file.read(piece, 0, CHUNK);
      if (count === 0) return Buffer.concat(pieces).toString('utf8');
      total += count;
      if (total > maxBytes) throw new Error(`longer than ${maxBytes} bytes`);
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    file.close();
  }
}
