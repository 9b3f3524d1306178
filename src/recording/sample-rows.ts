import type { Millis, Outcome, Sample } from '../core/sample.js';
import { isRecord } from '../core/validation/shape.js';
import { encodeLine, encodeRow, isLine, safeLine } from './format.js';
import type { RowData } from './rows.js';
import { checkFields, checkTimes } from './sample-rules.js';
import { follow, MAX_STREAMS, rowOf, type Stream, type StreamRow, streamOf } from './streams.js';

/** A row of this type repeats the reference of every stream, so that a reader continues there after damage. */
export const SYNC = 'sync';
/** A sync row is written after 55 times its own bytes, which adds 1.8 %. */
const SYNC_EVERY = 55;
/** Another is written at the end of a recording, if sync rows are at most 2 % of it. */
const SYNC_SHARE = 1 / 50;

/**
 * Writes samples as rows. An ordinary reply (in time, sent as planned, of the next number, TTL and stamp as before) is
 * `[stream, µs since the last probe, µs until known]`, with the RTT in µs as a fourth where it differs from the third.
 * Everything else is `[stream, µs since the last probe, µs until known, kind, numbers since the last probe, fields]`.
 */
export class SampleEncoder {
  private readonly streams = new Map<string, Stream & { index: number }>();
  /** Characters written, in all and since the last sync row, and of sync rows. */
  private written = 0;
  private since = 0;
  private synced = 0;
  private syncAt = 0;

  /** Whole lines: the sample's, its stream's before the first, and a sync row now and then. Throws a RangeError for a sample that no recording holds. */
  encode(sample: Sample): string {
    const lines = this.lines(sample);
    this.written += lines.length;
    this.since += lines.length;
    return this.since < this.syncAt ? lines : lines + this.syncWhenDue();
  }

  /** The rows that a recording ends with, so that its last samples can be recovered too. */
  end(): string {
    const row = this.syncRow();
    return this.synced + row.length <= SYNC_SHARE * this.written ? row : '';
  }

  private syncWhenDue(): string {
    const row = this.syncRow();
    this.syncAt = row === '' ? Infinity : SYNC_EVERY * Buffer.byteLength(row);
    if (this.since < this.syncAt) return '';
    this.synced += row.length;
    this.since = 0;
    return row;
  }

  /** Empty if the row would be longer than a line may be. */
  private syncRow(): string {
    const row = safeLine([SYNC, ...[...this.streams.values()].map(rowOf)]);
    return isLine(row) ? row : '';
  }

  private lines(sample: Sample): string {
    const key = `${sample.probe}\n${sample.target}`;
    const known = this.streams.get(key);
    if (known) return row(sample, known);
    const { target, probe } = sample;
    const index = this.streams.size;
    if (index >= MAX_STREAMS) throw new RangeError(`more than ${MAX_STREAMS} streams`);
    const stream = { index, target, probe, at: 0, seq: -1 };
    const first = row(sample, stream);
    this.streams.set(key, stream);
    return encodeRow({ type: 'stream', data: { index, target, probe } }) + first;
  }
}

function row(sample: Sample, stream: Stream & { index: number }): string {
  const { at, knownAt, seq, outcome } = sample;
  const atMicros = Math.round(at * 1000);
  const untilKnown = Math.round(knownAt * 1000) - atMicros;
  checkTimes(atMicros, atMicros + untilKnown, seq);
  const sinceLast = atMicros - stream.at;
  const exact = atMicros / 1000 === at && (atMicros + untilKnown) / 1000 === knownAt;
  const steps = seq - stream.seq;
  if (exact && steps === 1 && isOrdinary(sample, stream)) {
    stream.at = atMicros;
    stream.seq = seq;
    const rtt = Math.round((outcome as { rttMs: Millis }).rttMs * 1000);
    return `[${stream.index},${sinceLast},${untilKnown}${rtt === untilKnown ? '' : `,${rtt}`}]\n`;
  }
  const { kind, ...fields } = outcome;
  const more = {
    ...fields,
    ...(sample.lagMs !== undefined && { lagMs: sample.lagMs }),
    ...(!exact && { at, knownAt }),
  };
  checkFields(kind, more);
  const line = encodeLine([stream.index, sinceLast, untilKnown, kind, steps, more]);
  follow(stream, atMicros, seq, outcome);
  return line;
}

function isOrdinary({ outcome, lagMs }: Sample, stream: Stream): boolean {
  if (outcome.kind !== 'reply' || outcome.late || lagMs !== undefined) return false;
  if (outcome.ttl !== stream.ttl || outcome.stamp !== stream.stamp) return false;
  const rttMicros = Math.round(outcome.rttMs * 1000);
  return rttMicros / 1000 === outcome.rttMs && rttMicros >= 0 && Number.isSafeInteger(rttMicros);
}

/** The row itself may be valid: the row that declares its stream is missing. */
export class UndeclaredError extends RangeError {}

/** Reads what a SampleEncoder wrote. Throws a RangeError for anything else. */
export class SampleDecoder {
  /** The streams that a row declared; the others are made up. */
  readonly declared = new Set<number>();

  /** `makeUp` returns a stream for an undeclared index; without it, such a row is an error. */
  constructor(
    readonly streams: (Stream | undefined)[] = [],
    private readonly makeUp?: () => Stream,
  ) {}

  /** The streams as plain data; null for an index that is not declared, which damage may leave. */
  save(): (StreamRow | null)[] {
    return Array.from(this.streams, stream => (stream ? rowOf(stream) : null));
  }

  /** Throws a RangeError for rows that `save` cannot have returned. */
  static load(rows: readonly unknown[]): SampleDecoder {
    return new SampleDecoder(rows.map(row => (row === null ? undefined : streamOf(row))));
  }

  declare({ index, target, probe }: RowData['stream']): void {
    const { streams } = this;
    // If some were lost, the index of the next declaration is unknown.
    const fits = this.makeUp ? streams[index] === undefined : index === streams.length;
    if (!fits) throw new RangeError(`stream ${index} is declared instead of stream ${streams.length}`);
    if (index >= MAX_STREAMS) throw new RangeError(`more than ${MAX_STREAMS} streams`);
    streams[index] = { target, probe, at: 0, seq: -1 };
    this.declared.add(index);
  }

  /** Decodes an ordinary reply, from a row of whole numbers. */
  ordinary(index: number, sinceLast: number, untilKnown: number, rttMicros: number): Sample {
    const stream = this.streams[index] ?? this.unknownStream(index);
    const at = stream.at + sinceLast;
    if (!Number.isSafeInteger(at) || !Number.isSafeInteger(at + untilKnown) || rttMicros < 0)
      throw new RangeError('a time is out of range');
    stream.at = at;
    stream.seq++;
    const outcome: Outcome = { kind: 'reply', rttMs: rttMicros / 1000 };
    if (stream.ttl !== undefined) outcome.ttl = stream.ttl;
    if (stream.stamp !== undefined) outcome.stamp = stream.stamp;
    return {
      at: at / 1000,
      knownAt: (at + untilKnown) / 1000,
      target: stream.target,
      probe: stream.probe,
      seq: stream.seq,
      outcome,
    };
  }

  /** Any row that begins with a number. */
  decode(row: readonly unknown[]): Sample {
    const [index, sinceLast, untilKnown, kind, steps, fields] = row;
    const numbers = [index, sinceLast, untilKnown, typeof kind === 'string' ? steps : (kind ?? 0)];
    if (!numbers.every(Number.isSafeInteger)) throw new RangeError('a sample row must hold whole numbers');
    const [, since, until] = numbers as [number, number, number];
    if (typeof kind !== 'string' && row.length <= 4)
      return this.ordinary(index as number, since, until, (kind as number | undefined) ?? until);
    if (typeof kind !== 'string' || !isRecord(fields))
      throw new RangeError('a sample row must have a kind, a number and an object after its times');
    const stream = this.streams[index as number] ?? this.unknownStream(index as number);
    return full(stream, since, until, kind, steps as number, fields as object);
  }

  private unknownStream(index: number): Stream {
    if (!(index >= 0 && index < MAX_STREAMS)) throw new RangeError(`there is no stream ${index}`);
    if (!this.makeUp) throw new UndeclaredError(`stream ${index} was never declared`);
    const stream = this.makeUp();
    this.streams[index] = stream;
    return stream;
  }
}

/** The streams of a sync row. Throws a RangeError if they are invalid. */
export function streamsOf(rows: readonly unknown[]): Stream[] {
  if (rows.length > MAX_STREAMS) throw new RangeError(`more than ${MAX_STREAMS} streams`);
  return rows.map(streamOf);
}

function full(
  stream: Stream,
  since: number,
  until: number,
  kind: string,
  steps: number,
  fields: object,
): Sample {
  checkFields(kind, fields);
  const micros = stream.at + since;
  const seq = stream.seq + steps;
  checkTimes(micros, micros + until, seq);
  const { at, knownAt, lagMs, ...rest } = fields as { at?: Millis; knownAt?: Millis; lagMs?: Millis };
  const outcome = { kind, ...rest } as Outcome;
  follow(stream, micros, seq, outcome);
  return {
    at: at ?? micros / 1000,
    knownAt: knownAt ?? (micros + until) / 1000,
    target: stream.target,
    probe: stream.probe,
    seq,
    outcome,
    ...(lagMs !== undefined && { lagMs }),
  };
}
