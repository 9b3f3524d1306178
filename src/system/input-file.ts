import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Millis } from '../core/sample.js';

/** How often a pipe that has nothing yet is looked at. */
const PATIENCE: Millis = 20;
/** So long a named pipe may have no writer: then it is likely not the file that was meant. */
const MAX_SILENCE: Millis = 5000;
/** A list of a million targets is a quarter of this. */
const MAX_BYTES = 64 * 1024 * 1024;
const CHUNK = 64 * 1024;
const STDIN = 0;

/**
 * A file, or standard input for `-`, read piece by piece. Whatever a path leads to, nothing waits for ever without a
 * word: a named pipe that nobody writes into is refused after a while.
 */
export class InputFile {
  private readonly fd: number;
  private readonly isPipe: boolean;
  private heard = false;

  constructor(path: string) {
    const { O_RDONLY, O_NONBLOCK } = constants;
    this.fd = path === '-' ? STDIN : openSync(path, O_RDONLY | O_NONBLOCK);
    this.isPipe = this.fd !== STDIN && fstatSync(this.fd).isFIFO();
  }

  /** Bytes read, 0 at the end. Throws the system's own error. */
  read(buffer: Buffer, offset: number, length: number): number {
    for (let waited = 0; ; waited += PATIENCE) {
      const count = this.readNow(buffer, offset, length);
      if (count > 0 || (count === 0 && (this.heard || !this.isPipe))) return count;
      if (!this.heard && waited >= MAX_SILENCE)
        throw new Error(`nobody writes into this pipe, waited for ${MAX_SILENCE / 1000} s`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
    }
  }

  close(): void {
    if (this.fd !== STDIN) closeSync(this.fd);
  }

  /** −1 where somebody writes and has nothing for us yet. */
  private readNow(buffer: Buffer, offset: number, length: number): number {
    try {
      const count = readSync(this.fd, buffer, offset, length, null);
      this.heard ||= count > 0;
      return count;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      this.heard = true;
      return -1;
    }
  }
}

/** A whole text file, or standard input for `-`. Throws for more than `most` bytes: what never ends, as a device does. */
export function readTextFile(path: string, most = MAX_BYTES): string {
  const file = new InputFile(path);
  try {
    const pieces: Buffer[] = [];
    for (let total = 0; ; ) {
      const piece = Buffer.allocUnsafe(CHUNK);
      const count = file.read(piece, 0, CHUNK);
      if (count === 0) return Buffer.concat(pieces).toString('utf8');
      total += count;
      if (total > most) throw new Error(`longer than ${most} bytes`);
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    file.close();
  }
}
