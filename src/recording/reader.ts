import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Sample } from '../core/sample.js';
import { type Frozen, freeze, thaw } from '../core/snapshot.js';
import { checkRow, decodeHeader, type Header, RecordingError, type Row } from './format.js';
import { SampleDecoder } from './sample-rows.js';
import { scanIntegers, scanned } from './scan.js';

/** Small enough for its samples to be gone before the garbage collector looks: 10 % faster than four times as much. */
const CHUNK = 64 * 1024;
/** No line that we write is longer than an eighth of this. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** What a recording holds after its header, in order. */
export type Entry = Sample | Row;

export function isSample(entry: Entry): entry is Sample {
  return 'outcome' in entry;
}

/** How a recording ended: as meant; in the middle, as after a kill -9; or at a row that makes no sense. */
export type RecordingEnd =
  | { kind: 'complete' }
  | { kind: 'incomplete'; why: string }
  | { kind: 'damaged'; line: number; why: string };

/** Where a reader can go on, as plain data. */
export interface Position {
  offset: number;
  /** Lines before it. */
  lines: number;
  decoder: Frozen;
}

/** Reads a recording chunk by chunk, in memory that does not grow with the file. */
export class RecordingReader {
  readonly header: Header;
  /** How it ended, once everything was read. */
  ending: RecordingEnd | undefined;
  private buffer = Buffer.allocUnsafe(CHUNK);
  /** The bytes of the buffer that hold what was read and not yet decoded. */
  private filled = 0;
  private decoded = 0;
  private lines = 0;
  private decoder = new SampleDecoder();
  private ended = false;

  private constructor(private readonly fd: number) {
    const first = this.nextLine();
    if (first === undefined)
      throw new RecordingError('the first line is cut short or missing: nothing was recorded', 1);
    this.header = decodeHeader(first);
  }

  /** Throws a RecordingError, or the system's own error, when there is no recording to read. */
  static open(path: string): RecordingReader {
    if (!statSync(path).isFile()) throw new RecordingError('a recording is a file, and this is none');
    const fd = openSync(path, 'r');
    try {
      return new RecordingReader(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get size(): number {
    return fstatSync(this.fd).size;
  }

  /** How many bytes were decoded. */
  get offset(): number {
    return this.decoded;
  }

  /** Where the next `read` begins. */
  get position(): Position {
    return { offset: this.decoded, lines: this.lines, decoder: freeze(this.decoder) };
  }

  /** Goes back or forth to a position of the same file. */
  seek({ offset, lines, decoder }: Position): void {
    this.decoder = thaw(decoder, new SampleDecoder()) as SampleDecoder;
    this.decoded = offset;
    this.lines = lines;
    this.filled = 0;
    this.ended = false;
    this.ending = undefined;
  }

  /** The next chunk's entries; undefined at the end, and then `ending` says how it ended. */
  read(): readonly Entry[] | undefined {
    if (this.ending) return undefined;
    const more = this.fill();
    const entries: Entry[] = [];
    let start = 0;
    try {
      for (;;) {
        const end = this.lineEnd(start);
        if (end < 0) break;
        this.lines++;
        entries.push(this.decodeLine(start, end));
        start = end + 1;
      }
    } catch (error) {
      this.ending = { kind: 'damaged', line: this.lines, why: (error as Error).message };
      return entries;
    }
    this.consume(start);
    if (start === 0 && this.filled >= LONGEST_LINE)
      this.ending = { kind: 'damaged', line: this.lines + 1, why: `longer than ${LONGEST_LINE} bytes` };
    else if (!more) this.ending = this.endOfFile();
    return entries;
  }

  close(): void {
    closeSync(this.fd);
  }

  private endOfFile(): RecordingEnd {
    if (this.filled > 0) return { kind: 'incomplete', why: `line ${this.lines + 1} is cut short` };
    return this.ended ? { kind: 'complete' } : { kind: 'incomplete', why: 'the end line is missing' };
  }

  private decodeLine(start: number, end: number): Entry {
    if (this.ended) throw new RangeError('nothing may follow the end line');
    const count = scanIntegers(this.buffer, start, end);
    if (count > 0)
      return this.decoder.ordinary(scanned[0]!, scanned[1]!, scanned[2]!, scanned[count === 4 ? 3 : 2]!);
    const row: unknown = parseLine(this.buffer.toString('utf8', start, end));
    if (!Array.isArray(row)) throw new RangeError('a row is a JSON array');
    if (typeof row[0] === 'number') return this.decoder.decode(row);
    const known = checkRow(row);
    if (known.type === 'stream') this.decoder.declare(known.data);
    if (known.type === 'end') this.ended = true;
    return known;
  }

  /** The end of the line that begins at `start`, or −1 where the buffer holds no whole one. */
  private lineEnd(start: number): number {
    const end = this.buffer.indexOf(NEWLINE, start);
    return end < this.filled ? end : -1;
  }

  /** Reads on behind what is still decoded; false at the end of the file. */
  private fill(): boolean {
    if (this.filled === this.buffer.length) this.grow();
    const space = this.buffer.length - this.filled;
    const count = readSync(this.fd, this.buffer, this.filled, space, this.decoded + this.filled);
    this.filled += count;
    return count === space;
  }

  private grow(): void {
    const larger = Buffer.allocUnsafe(this.buffer.length * 2);
    this.buffer.copy(larger, 0, 0, this.filled);
    this.buffer = larger;
  }

  private consume(bytes: number): void {
    this.buffer.copyWithin(0, bytes, this.filled);
    this.filled -= bytes;
    this.decoded += bytes;
  }

  private nextLine(): string | undefined {
    while (this.fill() && this.lineEnd(0) < 0 && this.filled < LONGEST_LINE);
    const end = this.lineEnd(0);
    if (end < 0) return undefined;
    const line = this.buffer.toString('utf8', 0, end);
    this.lines++;
    this.consume(end + 1);
    return line;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RangeError('this is no JSON', { cause });
  }
}
