import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { InputFile } from '../../system/input-file.js';
import { PackedFile, packingOf } from '../../system/packed-file.js';

/** The bytes of a log, in pieces. */
export interface LogBytes {
  /** Bytes read, 0 at the end. */
  read(buffer: Buffer, offset: number, length: number): number;
  close(): void;
}

const HEAD = 6;
const STDIN = '-';

/**
 * Opens a log, or standard input for `-`, as UTF-8: a compressed file is decompressed, and UTF-16, which PowerShell writes, is
 * converted.
 */
export function openLog(path: string): LogBytes {
  const head = headOf(path);
  const packing = packingOf(head);
  const bytes = packing ? new PackedFile(path, packing) : new InputFile(path);
  return isUtf16(head) ? new Utf16(bytes) : bytes;
}

/** Throws for standard input that is compressed, because it cannot be read twice. */
export function checkInput(path: string, head: Buffer): void {
  const packing = path === STDIN ? packingOf(head) : undefined;
  if (packing)
    throw new RangeError(
      `standard input is compressed by ${packing.name}: name the file itself, or put "| ${packing.command[0]} -dc" before migwatch`,
    );
}

/** False for standard input and for a pipe. */
export function canReadAgain(path: string): boolean {
  return path !== STDIN && statSync(path).isFile();
}

/** The first bytes of a file; none of what can be read only once. */
function headOf(path: string): Buffer {
  if (!canReadAgain(path)) return Buffer.alloc(0);
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(fd, head, 0, HEAD, 0));
  } finally {
    closeSync(fd);
  }
}

function isUtf16(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xfe;
}

/** Text in UTF-16, little endian, as UTF-8. */
class Utf16 implements LogBytes {
  private readonly decoder = new StringDecoder('utf16le');
  private readonly chunk = Buffer.allocUnsafe(16 * 1024);
  private waiting = Buffer.alloc(0);

  constructor(private readonly bytes: LogBytes) {}

  read(buffer: Buffer, offset: number, length: number): number {
    while (this.waiting.length === 0) {
      const count = this.bytes.read(this.chunk, 0, this.chunk.length);
      if (count === 0) return 0;
      this.waiting = Buffer.from(this.decoder.write(this.chunk.subarray(0, count)));
    }
    const count = this.waiting.copy(buffer, offset, 0, length);
    this.waiting = this.waiting.subarray(count);
    return count;
  }

  close(): void {
    this.bytes.close();
  }
}
