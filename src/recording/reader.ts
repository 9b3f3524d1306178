import { closeSync, openSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Sample } from '../core/sample.js';
import type { RecordingEnd } from './ending.js';
import {
  checkRow,
  decodeHeader,
  type Header,
  MAX_LINE,
  parseRow,
  RecordingError,
  type Row,
} from './format.js';
import { LineBuffer } from './line-buffer.js';
import { type Place, Recovery } from './recovery.js';
import { SYNC, streamsOf, UndeclaredError } from './sample-rows.js';
import { scanIntegers, scanned } from './scan.js';
import type { StreamRow } from './streams.js';

/** What a recording holds after its header, in order. */
export type Entry = Sample | Row;

export function isSample(entry: Entry): entry is Sample {
  return 'outcome' in entry;
}

/** Where a reader can go on, as plain data. */
export interface FilePosition extends Place {
  streams: readonly (StreamRow | null)[];
  adrift: boolean;
}

/** Reads a recording chunk by chunk, in memory that does not grow with the file. Rows that make no sense are left out. */
export class RecordingReader {
  readonly header: Header;
  /** How it ended, once everything was read. */
  ending: RecordingEnd | undefined;
  private readonly buffer: LineBuffer;
  private readonly recovery = new Recovery();
  private lines = 0;
  private samples = 0;
  /** Where a line began that is too long, and goes on. */
  private longFrom: number | undefined;
  /** Reading goes on elsewhere. */
  private jumped = false;
  /** What the end line tells: how many samples the file holds. */
  private told: number | undefined;

  private constructor(private readonly fd: number) {
    this.buffer = new LineBuffer(fd);
    const first = this.firstLine();
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
    return this.buffer.size;
  }

  /** How many bytes were decoded. */
  get offset(): number {
    return this.buffer.offset;
  }

  /** Where the next `read` begins; undefined behind damage, as long as it is not known what rows count from there. */
  get position(): FilePosition | undefined {
    const { recovery, offset, lines } = this;
    if (recovery.searching) return undefined;
    return { offset, lines, streams: recovery.decoder.save(), adrift: recovery.adrift };
  }

  /** Goes back or forth to a position of the same file. */
  seek({ streams, adrift, ...place }: FilePosition): void {
    this.recovery.startAt(streams, adrift);
    this.goTo(place);
    this.told = undefined;
    this.ending = undefined;
  }

  /** The next chunk's entries, which may be none; undefined at the end, and then `ending` says how it ended. */
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
    if (this.told !== undefined || !more) this.finish();
    else if (this.buffer.filled >= MAX_LINE) this.longFrom = this.offset;
    return entries;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Decodes whole lines up to the first that makes no sense, that included. Returns where the next one begins. */
  private decodeLines(from: number, entries: Entry[]): number {
    const { buffer, recovery } = this;
    let start = from;
    try {
      for (
        let end = buffer.lineEnd(start);
        end >= 0 && this.told === undefined;
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
          // Without an exception: for each of a file's worth of line ends that would take seconds.
          this.lose('this is no row', start, end + 1);
        } else {
          this.decodeRow(start, end, entries);
          if (this.jumped) return start;
        }
        start = end + 1;
      }
      return start;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // The row may well be read when a sync row has told its stream.
      const isRead = error instanceof UndeclaredError && recovery.begins(buffer.offset + start);
      const next = isRead ? start : buffer.lineEnd(start) + 1;
      this.lose(error.message, start, next);
      if (isRead) this.lines--;
      return next;
    }
  }

  private decodeRow(start: number, end: number, entries: Entry[]): void {
    const { buffer, recovery } = this;
    const row: unknown = parseRow(buffer.text(start, end));
    if (!Array.isArray(row)) throw new RangeError('a row is a JSON array');
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
    if (known.type === 'end') this.told = known.data.samples;
    return known;
  }

  /** The bytes of the buffer from `start` to `end`, of the present line, make no sense. */
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
    if (again) this.told = undefined;
    else this.ending = this.endingNow();
    this.goTo(again);
  }

  private endingNow(): RecordingEnd {
    const { told, samples, buffer } = this;
    const { filled, offset, size } = buffer;
    const cut = filled > 0 ? `line ${this.lines + 1} is cut short` : 'the end line is missing';
    const incomplete = told === undefined ? cut : undefined;
    const damage = this.recovery.told(told === undefined ? undefined : told - samples);
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
