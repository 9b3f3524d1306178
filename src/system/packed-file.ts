import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a compressed file begins, and what decompresses it from standard input to standard output. */
interface Packing {
  name: string;
  magic: readonly number[];
  command: readonly string[];
}

const PACKINGS: readonly Packing[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], command: ['gzip', '-dc'] },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], command: ['zstd', '-dcq', '--memory=128MB'] },
  {
    name: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    command: ['xz', '-dc', '--memlimit-decompress=128MiB'],
  },
];

/** Logs shrink to a fifth or a tenth. What grows more than this, beyond the bytes that any file may have, is no log. */
const MAX_GROWTH = 200;
const FREE_BYTES = 16 * 1024 * 1024;

/**
 * Opens the pipe, removes its folder, decompresses, and appends one character: how that ended. The reader then sees a damaged
 * file as an error, although it never waits for the process.
 */
const SCRIPT =
  'exec >"$1/pipe" && rm -r "$1"; shift; "$@"; case $? in 0) printf 0;; 127) printf 7;; *) printf 1;; esac';
const [DONE, MISSING] = ['0', '7'];

/** Each may hold 128 MB. */
const MAX_PROCESSES = 16;
const CHUNK = 64 * 1024;

/** A compressed file that can't be read to its end. */
export class PackedError extends Error {
  override name = 'PackedError';
}

/** How the file is compressed, by its first bytes; undefined if it is not. */
export function packingOf(head: Buffer): Packing | undefined {
  return PACKINGS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
}

/**
 * The decompressed content of a file, read in pieces that block. Another process decompresses it in bounded memory. If as many
 * processes as allowed run already, the content goes through a temporary file. Reads throw if the file is damaged, expands too
 * much, or its program is missing.
 */
export class PackedFile {
  /** Files that a process decompresses now. */
  private static processes = 0;
  private fd: number;
  private readonly most: number;
  private total = 0;
  /** The latest byte, which is not of the content if none follows. */
  private held: number | undefined;
  private ended = false;
  private isRunning = true;

  constructor(
    private readonly path: string,
    private readonly packing: Packing,
  ) {
    this.most = FREE_BYTES + MAX_GROWTH * statSync(path).size;
    const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
    const input = openSync(path, 'r');
    try {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const child = spawn('sh', ['-c', SCRIPT, 'sh', folder, ...packing.command], {
        stdio: [input, 'ignore', 'ignore'],
      }).on('error', () => {});
      child.unref();
      // Without a writer, opening the pipe would block for ever.
      if (child.pid === undefined) throw this.error(`${packing.name} could not be started`);
      this.fd = openSync(join(folder, 'pipe'), 'r');
      PackedFile.processes++;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    } finally {
      closeSync(input);
    }
    if (PackedFile.processes >= MAX_PROCESSES) this.unpack();
  }

  /** Bytes read, 0 at the end. */
  read(buffer: Buffer, offset: number, length: number): number {
    while (!this.ended) {
      const begun = this.held === undefined ? 0 : 1;
      if (this.held !== undefined) buffer[offset] = this.held;
      const read = readSync(this.fd, buffer, offset + begun, length - begun, null);
      if (read === 0) return this.end();
      const count = begun + read - 1;
      this.held = buffer[offset + count]!;
      this.total += count;
      if (this.total > this.most) throw this.error(`it expands to more than ${MAX_GROWTH} times its size`);
      if (count > 0) return count;
    }
    return 0;
  }

  close(): void {
    closeSync(this.fd);
    this.endProcess();
  }

  /** Moves what the process writes, and the character that it ends with, to a temporary file without a name. */
  private unpack(): void {
    const pipe = this.fd;
    const folder = mkdtempSync(join(tmpdir(), 'migwatch-'));
    const writer = openSync(join(folder, 'log'), 'wx', 0o600);
    try {
      this.fd = openSync(join(folder, 'log'), 'r');
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (let total = 0, count = -1; count !== 0 && total <= this.most; total += count) {
        count = readSync(pipe, chunk, 0, CHUNK, null);
        appendFileSync(writer, chunk.subarray(0, count));
      }
    } finally {
      for (const fd of [pipe, writer]) closeSync(fd);
      rmSync(folder, { recursive: true });
      this.endProcess();
    }
  }

  private endProcess(): void {
    if (this.isRunning) PackedFile.processes--;
    this.isRunning = false;
  }

  private end(): 0 {
    this.ended = true;
    this.endProcess();
    const status = this.held === undefined ? '' : String.fromCharCode(this.held);
    const { name, command } = this.packing;
    if (status === MISSING)
      throw this.error(`this needs the program ${command[0]}: install it, or decompress the file yourself`);
    if (status !== DONE) throw this.error(`${name} reports that the file is damaged or cut`);
    return 0;
  }

  private error(what: string): Error {
    return new PackedError(`${this.path}: ${what}`);
  }
}
