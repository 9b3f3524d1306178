import type { Millis, Sample } from '../core/sample.js';
import type { Step } from '../core/step.js';
import { encodeRow, parseRow } from './format.js';
import type { Entry } from './reader.js';
import { checkRow, type Row } from './rows.js';
import { SampleDecoder, SampleEncoder, SYNC } from './sample-rows.js';

/** What a recording that begins now can begin with. */
export interface Past {
  startedAt: Millis;
  /** The state at that moment. */
  opening: readonly Row[];
}

interface LookbackPorts {
  now(): Millis;
  /** The rows that a recording begins with if it begins now. */
  opening(): readonly Row[];
}

/** A stretch of the session that can be read without those before it. */
interface Segment {
  startedAt: Millis;
  opening: string;
  /** Encoded rows, the last ones as texts, and the number of their characters, without those of the opening. */
  chunks: Buffer[];
  texts: string[];
  size: number;
  encoder: SampleEncoder;
}

/** The oldest segment is dropped as a whole, so that up to a fifth more than asked for is kept. */
const SEGMENTS = 5;
/** Kept at most, in characters of encoded rows: some two million samples. */
const MAX_SIZE = 32 * 1024 * 1024;
/** Texts are joined to a chunk: a short text of its own takes four times its length. */
const TEXTS_PER_CHUNK = 1024;

/**
 * The last minutes of a session, in bounded memory and never on disk: what happened before somebody started to record.
 * With many samples, less time is kept.
 */
export class Lookback {
  private segments: Segment[] = [];

  /** Keeps the last `spanMs`. */
  constructor(
    private readonly spanMs: Millis,
    private readonly ports: LookbackPorts,
  ) {
    this.begin();
  }

  take({ sample, lights, events }: Step): void {
    this.put(sample);
    for (const data of lights) this.add({ type: 'light', data });
    for (const data of events) this.add({ type: 'event', data });
    const { startedAt, size } = this.segments.at(-1)!;
    // A long state does not end its own segment. After the sample: the state that the next segment begins with includes it.
    if (sample.knownAt - startedAt >= this.spanMs / SEGMENTS || size >= MAX_SIZE / SEGMENTS) this.begin();
  }

  add(row: Row): void {
    this.keep(() => encodeRow(row));
  }

  /** Where what is kept begins; undefined if nothing is. */
  get past(): Past | undefined {
    if (this.isEmpty) return undefined;
    const [{ startedAt, opening }] = this.segments as [Segment, ...Segment[]];
    return { startedAt, opening: rowsOf(opening.split('\n')) };
  }

  /**
   * Takes out what is kept, oldest first, in pieces of some 1000 entries. The caller may pause between two pieces: what is
   * added meanwhile follows. At the end, nothing is kept.
   */
  *drain(): Generator<readonly Entry[]> {
    while (!this.isEmpty) {
      const taken = this.segments;
      this.segments = [];
      this.begin();
      for (let segment = taken.shift(); segment; segment = taken.shift()) yield* piecesOf(segment);
    }
  }

  /** Forgets everything, and begins again. */
  clear(): void {
    this.segments = [];
    this.begin();
  }

  private get isEmpty(): boolean {
    return this.segments.every(({ size }) => size === 0);
  }

  private begin(): void {
    const opening = this.ports
      .opening()
      .map(row => ifHeld(() => encodeRow(row)))
      .join('');
    const empty = { chunks: [], texts: [], size: 0, encoder: new SampleEncoder() };
    this.segments.push({ startedAt: this.ports.now(), opening, ...empty });
    while (this.segments.length > SEGMENTS + 1 || this.size > MAX_SIZE) this.segments.shift();
  }

  private get size(): number {
    return this.segments.length === 1
      ? 0
      : this.segments.reduce((sum, { opening, size }) => sum + opening.length + size, 0);
  }

  private put(sample: Sample): void {
    this.keep(segment => segment.encoder.encode(sample));
  }

  private keep(encoded: (segment: Segment) => string): void {
    const segment = this.segments.at(-1)!;
    const text = ifHeld(() => encoded(segment));
    if (text === '') return;
    segment.texts.push(text);
    segment.size += text.length;
    if (segment.texts.length >= TEXTS_PER_CHUNK) segment.chunks.push(joined(segment));
  }
}

/** The encoded row; empty if no recording can hold it. */
function ifHeld(encoded: () => string): string {
  try {
    return encoded();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return '';
  }
}

function rowsOf(lines: readonly string[]): Row[] {
  return lines.filter(line => line !== '').map(line => checkRow(parseRow(line) as unknown[]));
}

/** The texts as one chunk; they are taken away. */
function joined({ texts }: Segment): Buffer {
  return Buffer.from(texts.splice(0).join(''));
}

function* piecesOf(segment: Segment): Generator<readonly Entry[]> {
  const decoder = new SampleDecoder();
  for (const chunk of [...segment.chunks, joined(segment)]) yield entriesOf(chunk, decoder);
}

function entriesOf(chunk: Buffer, decoder: SampleDecoder): Entry[] {
  const entries: Entry[] = [];
  for (const line of chunk.toString().split('\n')) {
    if (line === '') continue;
    const row = parseRow(line) as unknown[];
    if (row[0] === SYNC) continue;
    if (typeof row[0] === 'number') entries.push(decoder.decode(row));
    else {
      const known = checkRow(row);
      if (known.type === 'stream') decoder.declare(known.data);
      else entries.push(known);
    }
  }
  return entries;
}
