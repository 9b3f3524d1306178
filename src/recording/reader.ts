import { closeSync, openSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Sample } from '../core/sample.js';
import type { RecordingEnd } from './ending.js';
import { decodeHeader, MAX_LINE, parseRow, RecordingError } from './format.js';
import { LineBuffer } from './line-buffer.js';
import { type Place, Recovery } from './recovery.js';
import { checkRow, type Header, type Row } from './rows.js';
import { SYNC, streamsOf, UndeclaredError } from './sample-rows.js';
import { scanIntegers, scanned } from './scan.js';
import type { StreamRow } from './streams.js';

/** What a recording holds after its header, in order. */
export type Entry = Sample | Row;

export function isSample(entry: Entry): entry is Sample {
  return 'outcome' in entry;
}

/** Where a reader can continue, as plain data. */
export interface FilePosition extends Place {
  streams: readonly (StreamRow | null)[];
  adrift: boolean;
}

/** Reads a recording chunk by chunk, in memory that does not grow with the file. Rows that can't be decoded are left out. */
export class RecordingReader {
  readonly header: Header;
  /** How the recording ended, once everything was read. */
  ending: RecordingEnd | undefined;
  private readonly buffer: LineBuffer;
  private readonly recovery = new Recovery();
  private lines = 0;
  private samples = 0;
  /** Where a line began that is too long and has not ended yet. */
  private longFrom: number | undefined;
  /** The next read begins at another place. */
  private jumped = false;
  /** The number of samples in the file, from its end line. */
  private declared: number | undefined;

  private constructor(private readonly fd: number) {
    this.buffer = new LineBuffer(fd);
    const first = this.firstLine();
    if (first === undefined)
      throw new RecordingError('the first line is cut short or missing: nothing was recorded', 1);
    this.header = decodeHeader(first);
  }

  /** Throws a RecordingError, or the system's own error, if the file is not a readable recording. */
  static open(path: string): RecordingReader {
    if (!statSync(path).isFile()) throw new RecordingError('this is not a file, so it is not a recording');
    const fd = openSync(path, 'r');
    try {
      return new RecordingReader(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  get size(): number {
    return this.buffer.size;
  }

  /** Number of bytes decoded so far. */
  get offset(): number {
    return this.buffer.offset;
  }

  /** Where the next `read` begins; undefined after damage, until the reference of its rows is known. */
  get position(): FilePosition | undefined {
    const { recovery, offset, lines } = this;
    if (recovery.searching) return undefined;
    return { offset, lines, streams: recovery.decoder.save(), adrift: recovery.adrift };
  }

  /** Jumps to a position of the same file. */
  seek({ streams, adrift, ...place }: FilePosition): void {
    this.recovery.startAt(streams, adrift);
    this.goTo(place);
    this.declared = undefined;
    this.ending = undefined;
  }

  /** The entries of the next chunk, possibly none; undefined at the end, when `ending` is set. */
  read(): readonly Entry[] | undefined {
    if (this.ending) return undefined;
    this.jumped = false;
    const more = this.buffer.fill();
    const entries: Entry[] = [];
    let next = this.longFrom === undefined ? 0 : this.skipLongLine();
    for (let begun = -1; next > begun && !this.jumped; ) {
      begun = next;
      next = this.decodeLines(begun, entries);
    }
    if (this.jumped) return entries;
    this.buffer.consume(next);
    if (this.declared !== undefined || !more) this.finish();
    else if (this.buffer.filled >= MAX_LINE) this.longFrom = this.offset;
    return entries;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Decodes lines up to and including the first that can't be decoded. Returns where the next one begins. */
  private decodeLines(from: number, entries: Entry[]): number {
    const { buffer, recovery } = this;
    let start = from;
    try {
      for (
        let end = buffer.lineEnd(start);
        end >= 0 && this.declared === undefined;
        end = buffer.lineEnd(start)
      ) {
        this.lines++;
        const count = scanIntegers(buffer.bytes, start, end);
        if (count > 0) {
          const rtt = scanned[count === 4 ? 3 : 2]!;
          const sample = recovery.decoder.ordinary(scanned[0]!, scanned[1]!, scanned[2]!, rtt);
          if (!recovery.searching) {
            entries.push(sample);
            this.samples++;
          }
        } else if (!buffer.isRow(start, end)) {
          // Without an exception, which would take seconds for a file full of empty lines.
          this.lose('this is not a row', start, end + 1);
        } else {
          this.decodeRow(start, end, entries);
          if (this.jumped) return start;
        }
        start = end + 1;
      }
      return start;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // The row can be read again once a sync row has declared its stream.
      const isReadAgain = error instanceof UndeclaredError && recovery.begins(buffer.offset + start);
      const next = isReadAgain ? start : buffer.lineEnd(start) + 1;
      this.lose(error.message, start, next);
      if (isReadAgain) this.lines--;
      return next;
    }
  }

  private decodeRow(start: number, end: number, entries: Entry[]): void {
    const { buffer, recovery } = this;
    const row: unknown = parseRow(buffer.text(start, end));
    if (!Array.isArray(row)) throw new RangeError('a row must be a JSON array');
    if (row[0] === SYNC) {
      const place = { offset: buffer.offset + start, lines: this.lines };
      this.goTo(recovery.sync(streamsOf(row.slice(1)), place));
      return;
    }
    const entry = typeof row[0] === 'number' ? recovery.decoder.decode(row) : this.decodeOther(row);
    if (recovery.searching) return;
    entries.push(entry);
    if (isSample(entry)) this.samples++;
  }

  private decodeOther(row: readonly unknown[]): Row {
    const known = checkRow(row);
    if (known.type === 'stream') this.recovery.decoder.declare(known.data);
    if (known.type === 'end') this.declared = known.data.samples;
    return known;
  }

  /** The bytes of the buffer from `start` to `end`, of the current line, can't be decoded. */
  private lose(why: string, start: number, end: number): void {
    const { buffer, lines } = this;
    const [from, to] = [this.longFrom ?? buffer.offset + start, buffer.offset + end];
    this.recovery.lose({ line: lines, why, from, to }, { offset: to, lines: to > from ? lines : lines - 1 });
  }

  private goTo(place: Place | undefined): void {
    if (!place) return;
    this.buffer.goTo(place.offset);
    this.lines = place.lines;
    this.longFrom = undefined;
    this.jumped = true;
  }

  /** At the end of the file, or of the recording. */
  private finish(): void {
    if (this.longFrom !== undefined) this.loseLongLine(0);
    const again = this.recovery.end();
    if (again) this.declared = undefined;
    else this.ending = this.endingNow();
    this.goTo(again);
  }

  private endingNow(): RecordingEnd {
    const { declared, samples, buffer } = this;
    const { filled, offset, size } = buffer;
    const cut = filled > 0 ? `line ${this.lines + 1} is cut short` : 'the end line is missing';
    const incomplete = declared === undefined ? cut : undefined;
    const damage = this.recovery.summary(declared === undefined ? undefined : declared - samples);
    if (damage) return { kind: 'damaged', ...damage, ...(incomplete !== undefined && { incomplete }) };
    if (incomplete !== undefined) return { kind: 'incomplete', why: incomplete };
    return size > offset ? { kind: 'complete', foreign: size - offset } : { kind: 'complete' };
  }

  /** Returns where the next line begins, as far as it was read. */
  private skipLongLine(): number {
    const end = this.buffer.lineEnd(0);
    if (end < 0) return this.buffer.filled;
    this.loseLongLine(end + 1);
    return end + 1;
  }

  private loseLongLine(end: number): void {
    this.lines++;
    this.lose(`longer than ${MAX_LINE} bytes`, 0, end);
    this.longFrom = undefined;
  }

  private firstLine(): string | undefined {
    const { buffer } = this;
    while (buffer.fill() && buffer.lineEnd(0) < 0 && buffer.filled < MAX_LINE);
    const end = buffer.lineEnd(0);
    if (end < 0) return undefined;
    const line = buffer.text(0, end);
    this.lines++;
    buffer.consume(end + 1);
    return line;
  }
}

/** Passes every entry of an open recording to `take`, and the share that is done, in 0…1, to `progress`. */
export async function readThrough(
  reader: RecordingReader,
  take: (entry: Entry) => void,
  progress: (share: number) => void = () => {},
): Promise<void> {
  const { size } = reader;
  for (let entries = reader.read(); entries; entries = reader.read()) {
    for (const entry of entries) take(entry);
    progress(reader.offset / size);
    await setImmediate();
  }
}
