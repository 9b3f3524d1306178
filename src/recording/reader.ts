import { closeSync, openSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Sample } from '../core/sample.js';
import type { RecordingEnd } from './ending.js';
import { checkRow, decodeHeader, type Header, MAX_LINE, RecordingError, type Row } from './format.js';
import { LineBuffer } from './line-buffer.js';
import { type IndexPoint, Losses, type Search } from './losses.js';
import { lostDecoder, startAfter } from './resync.js';
import { SampleDecoder, SYNC, streamsOf, UndeclaredError } from './sample-rows.js';
import { scanIntegers, scanned } from './scan.js';
import { areSame, type Stream, type StreamRow } from './streams.js';

/** An entry of a recording after its header. */
export type Entry = Sample | Row;

export function isSample(entry: Entry): entry is Sample {
  return 'outcome' in entry;
}

/** A place where a reader can continue, as plain data. */
export interface FilePosition extends IndexPoint {
  streams: readonly StreamRow[];
  adrift: boolean;
}

/**
 * Reads a recording chunk by chunk, in memory that does not grow with the file. Rows that can't be decoded are skipped.
 * The reference of the rows after them is computed from the next sync row; without one, they count from the reference
 * before the damage.
 */
export class RecordingReader {
  readonly header: Header;
  /** How the recording ended; set when everything was read. */
  ending: RecordingEnd | undefined;
  private readonly buffer: LineBuffer;
  private lines = 0;
  private samples = 0;
  private decoder = new SampleDecoder();
  private readonly losses = new Losses();
  /** The search for the next sync row after damage; no entry is returned meanwhile. */
  private search: Search | undefined;
  /** Damage before this place is counted already. */
  private searchedTo = 0;
  /** No sync row follows the damage. */
  private adrift = false;
  /** None follows from here on, as far as it was searched for. */
  private adriftFrom = Infinity;
  /** The start of a line that is too long and not at its end yet. */
  private longFrom: number | undefined;
  /** Reading continued at another place. */
  private jumped = false;
  /** The number of samples that the end line gives. */
  private endSamples: number | undefined;

  private constructor(private readonly fd: number) {
    this.buffer = new LineBuffer(fd);
    const first = this.firstLine();
    if (first === undefined)
      throw new RecordingError('the first line is cut short or missing: nothing was recorded', 1);
    this.header = decodeHeader(first);
  }

  /** Throws a RecordingError, or the system's error, if the file is not a readable recording. */
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

  /** The number of bytes that are decoded. */
  get offset(): number {
    return this.buffer.offset;
  }

  /** The place where the next `read` begins; undefined after damage while the reference of its rows is unknown. */
  get position(): FilePosition | undefined {
    if (this.search) return undefined;
    return { offset: this.offset, lines: this.lines, streams: this.decoder.save(), adrift: this.adrift };
  }

  /** Continues at another position of the same file. */
  seek({ streams, adrift, ...place }: FilePosition): void {
    this.jump(place, SampleDecoder.load(streams));
    this.adrift = adrift;
    this.search = undefined;
    this.searchedTo = 0;
    this.endSamples = undefined;
    this.ending = undefined;
  }

  /** The entries of the next chunk, which may be none; undefined at the end, when `ending` is set. */
  read(): readonly Entry[] | undefined {
    if (this.ending) return undefined;
    this.jumped = false;
    const more = this.buffer.fill();
    const entries: Entry[] = [];
    let next = this.longFrom === undefined ? 0 : this.skipLongLine(this.longFrom);
    for (let begun = -1; next > begun && !this.jumped; ) {
      begun = next;
      next = this.decodeLines(begun, entries);
    }
    if (this.jumped) return entries;
    this.buffer.consume(next);
    if (this.endSamples !== undefined || !more) this.finish();
    else if (this.buffer.filled >= MAX_LINE) this.longFrom = this.offset;
    return entries;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Decodes whole lines up to the first damaged one, that included. Returns where the next one begins. */
  private decodeLines(from: number, entries: Entry[]): number {
    const { buffer } = this;
    let start = from;
    try {
      for (
        let end = buffer.lineEnd(start);
        end >= 0 && this.endSamples === undefined;
        end = buffer.lineEnd(start)
      ) {
        this.lines++;
        // One exception for each line of a file of empty lines would take seconds.
        if (!buffer.isRow(start, end))
          this.lose('this is no row', buffer.offset + start, buffer.offset + end + 1);
        else {
          const entry = this.decodeLine(start, end);
          if (entry && !this.search) entries.push(entry);
          if (this.jumped) return start;
        }
        start = end + 1;
      }
      return start;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // The row can be read later if a sync row declares its stream.
      const mayBeRead = error instanceof UndeclaredError && this.maySearch(buffer.offset + start);
      const next = mayBeRead ? start : buffer.lineEnd(start) + 1;
      this.lose(error.message, buffer.offset + start, buffer.offset + next);
      if (mayBeRead) this.lines--;
      return next;
    }
  }

  private decodeLine(start: number, end: number): Entry | undefined {
    const { buffer, decoder } = this;
    const count = scanIntegers(buffer.bytes, start, end);
    if (count > 0) {
      const rtt = scanned[count === 4 ? 3 : 2]!;
      return this.counted(decoder.ordinary(scanned[0]!, scanned[1]!, scanned[2]!, rtt));
    }
    const row: unknown = parseLine(buffer.text(start, end));
    if (!Array.isArray(row)) throw new RangeError('a row is a JSON array');
    if (typeof row[0] === 'number') return this.counted(decoder.decode(row));
    if (row[0] === SYNC) {
      this.sync(streamsOf(row.slice(1)), start);
      return undefined;
    }
    const known = checkRow(row);
    if (known.type === 'stream') decoder.declare(known.data);
    if (known.type === 'end') this.endSamples = known.data.samples;
    return known;
  }

  private counted(sample: Sample): Sample {
    this.samples++;
    return sample;
  }

  /** The bytes can't be decoded, so the reference of later rows is unknown until the next sync row. */
  private lose(why: string, from: number, to: number): void {
    const loss = { line: this.lines, why, from, to };
    if (from >= this.adriftFrom) this.goAdrift();
    if (!this.search && !this.maySearch(from)) {
      this.losses.add(loss);
      return;
    }
    const behind = { offset: to, lines: to > from ? this.lines : this.lines - 1 };
    const { decoder, samples } = this;
    this.search ??= { loss, first: behind, last: behind, before: decoder, samples };
    this.search.last = behind;
    this.decoder = lostDecoder();
  }

  private maySearch(from: number): boolean {
    return !this.search && !this.adrift && from >= this.searchedTo && from < this.adriftFrom;
  }

  private sync(told: readonly Stream[], start: number): void {
    const { search, buffer } = this;
    if (search) {
      const { streams, missingMs } = startAfter(search.before.streams, this.decoder, told);
      this.losses.add({ ...search.loss, to: search.last.offset }, missingMs);
      this.endSearch(search, search.last, new SampleDecoder(streams));
      this.searchedTo = buffer.offset + start;
    } else if (!areSame(this.decoder.streams, told)) {
      const { missingMs } = startAfter(this.decoder.streams, new SampleDecoder(), told);
      const at = buffer.offset + start;
      const why = 'the rows before it do not add up';
      if (!this.adrift) this.losses.add({ line: this.lines, why, from: at, to: at }, missingMs);
      this.decoder = new SampleDecoder([...told]);
      this.adrift = false;
    }
  }

  private endSearch({ samples }: Search, place: IndexPoint, decoder: SampleDecoder): void {
    this.search = undefined;
    this.samples = samples;
    this.jump(place, decoder);
  }

  private jump({ offset, lines }: IndexPoint, decoder: SampleDecoder): void {
    this.buffer.goTo(offset);
    this.lines = lines;
    this.decoder = decoder;
    this.longFrom = undefined;
    this.jumped = true;
  }

  /** At the end of the file, or of the recording. */
  private finish(): void {
    if (this.longFrom !== undefined) this.loseLongLine(this.longFrom, this.offset);
    const { search } = this;
    if (!search) {
      this.ending = this.endingNow();
      return;
    }
    this.endSamples = undefined;
    this.adriftFrom = search.loss.from;
    this.losses.add(search.loss);
    this.goAdrift();
    this.endSearch(search, search.first, search.before);
  }

  private goAdrift(): void {
    this.adrift = true;
    this.losses.adrift = true;
  }

  private endingNow(): RecordingEnd {
    const { endSamples, samples, buffer } = this;
    const { filled, offset, size } = buffer;
    const cut = filled > 0 ? `line ${this.lines + 1} is cut short` : 'the end line is missing';
    const incomplete = endSamples === undefined ? cut : undefined;
    const damage = this.losses.summary(endSamples === undefined ? undefined : endSamples - samples);
    if (damage) return { kind: 'damaged', ...damage, ...(incomplete !== undefined && { incomplete }) };
    if (incomplete !== undefined) return { kind: 'incomplete', why: incomplete };
    return size > offset ? { kind: 'complete', foreign: size - offset } : { kind: 'complete' };
  }

  /** Returns where the next line begins, as far as the file is read. */
  private skipLongLine(from: number): number {
    const { buffer } = this;
    const end = buffer.lineEnd(0);
    if (end < 0) return buffer.filled;
    this.loseLongLine(from, buffer.offset + end + 1);
    return end + 1;
  }

  private loseLongLine(from: number, to: number): void {
    this.longFrom = undefined;
    this.lines++;
    this.lose(`longer than ${MAX_LINE} bytes`, from, to);
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

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RangeError('this is no JSON', { cause });
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
