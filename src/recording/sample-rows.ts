import { safeJson } from '../core/safe-json.js';
import {
  type Millis,
  type Outcome,
  PLAYBACK_STATES,
  type Sample,
  type Stamp,
  type TargetId,
} from '../core/sample.js';
import { encodeRow, type RowData } from './format.js';
import {
  isCount,
  isDuration,
  isMoment,
  isNumber,
  isOneOf,
  isOptional,
  isProbeNumber,
  isRecord,
  isText,
  isTruth,
  misfit,
  type Shape,
} from './shape.js';

/** One target by one probe. Both sides of the codec keep it alike, so that rows hold differences only. */
interface Stream {
  index: number;
  target: TargetId;
  probe: string;
  /** Of the newest probe: when it was sent, in µs, and its number. */
  at: number;
  seq: number;
  /** Of the last reply that was told in full. */
  ttl?: number | undefined;
  stamp?: Stamp | undefined;
}

/** Ten thousand targets by four probes each. A line makes one, and to judge it takes a hundred kilobytes. */
const MOST_STREAMS = 40_000;

/** Fields of the outcomes known here; an outcome of another kind is kept as it is. */
export const OUTCOMES: Record<Outcome['kind'], Shape> = {
  reply: {
    rttMs: isDuration,
    ttl: isOptional(isCount),
    late: isOptional(isOneOf(true)),
    stamp: isOptional(isOneOf('kernel', 'kernel-rx', 'user')),
  },
  overdue: { waitedMs: isDuration },
  lost: { reason: isOneOf('timeout', 'unreachable'), from: isOptional(isText) },
  unsent: { reason: isText },
  duplicate: { rttMs: isDuration },
  foreign: { from: isText },
  clock: { offsetMs: isNumber, rttMs: isDuration, via: isOneOf('icmp', 'tcp') },
  announce: { via: isOneOf('arp', 'rarp', 'advertisement'), mac: isText, gratuitous: isTruth },
  playback: {
    state: isOneOf(...PLAYBACK_STATES),
    bufferMs: isDuration,
    lowestMs: isDuration,
    stalls: isCount,
    stalledMs: isDuration,
    trouble: isOptional(isText),
  },
};
const COMMON: Shape = {
  at: isOptional(isMoment),
  knownAt: isOptional(isMoment),
  lagMs: isOptional(isDuration),
};

/**
 * Writes samples as rows. An ordinary reply (in time, sent as planned, of the next number, TTL and stamp as before) is
 * `[stream, µs since the last probe, µs until known]`, with the RTT in µs as a fourth where it differs from the third.
 * Everything else is `[stream, µs since the last probe, µs until known, kind, numbers since the last probe, fields]`.
 */
export class SampleEncoder {
  private readonly streams = new Map<string, Stream>();

  /** Whole lines: the sample's, and its stream's before the first. */
  encode(sample: Sample): string {
    const key = `${sample.probe}\n${sample.target}`;
    const known = this.streams.get(key);
    if (known) return row(sample, known);
    const stream = { index: this.streams.size, target: sample.target, probe: sample.probe, at: 0, seq: -1 };
    this.streams.set(key, stream);
    const { index, target, probe } = stream;
    return encodeRow({ type: 'stream', data: { index, target, probe } }) + row(sample, stream);
  }
}

function row(sample: Sample, stream: Stream): string {
  const { at, knownAt, seq, outcome } = sample;
  const atMicros = Math.round(at * 1000);
  const untilKnown = Math.round(knownAt * 1000) - atMicros;
  const sinceLast = atMicros - stream.at;
  const exact = atMicros / 1000 === at && (atMicros + untilKnown) / 1000 === knownAt;
  const steps = seq - stream.seq;
  if (exact && steps === 1 && isOrdinary(sample, stream)) {
    stream.at = atMicros;
    stream.seq = seq;
    const rtt = Math.round((outcome as { rttMs: Millis }).rttMs * 1000);
    return `[${stream.index},${sinceLast},${untilKnown}${rtt === untilKnown ? '' : `,${rtt}`}]\n`;
  }
  follow(stream, atMicros, seq, outcome);
  const { kind, ...fields } = outcome;
  const more = {
    ...fields,
    ...(sample.lagMs !== undefined && { lagMs: sample.lagMs }),
    ...(!exact && { at, knownAt }),
  };
  return `${safeJson([stream.index, sinceLast, untilKnown, kind, steps, more])}\n`;
}

function isOrdinary({ outcome, lagMs }: Sample, stream: Stream): boolean {
  if (outcome.kind !== 'reply' || outcome.late || lagMs !== undefined) return false;
  if (outcome.ttl !== stream.ttl || outcome.stamp !== stream.stamp) return false;
  return Math.round(outcome.rttMs * 1000) / 1000 === outcome.rttMs;
}

/** Keeps the reference up to date; late news of older probes leave it alone. */
function follow(stream: Stream, atMicros: number, seq: number, outcome: Outcome): void {
  if (seq > stream.seq) {
    stream.at = atMicros;
    stream.seq = seq;
  }
  if (outcome.kind !== 'reply') return;
  stream.ttl = outcome.ttl;
  stream.stamp = outcome.stamp;
}

/** Reads what a SampleEncoder wrote. Throws a RangeError for what it can't have written. */
export class SampleDecoder {
  private readonly streams: Stream[] = [];

  declare({ index, target, probe }: RowData['stream']): void {
    if (index !== this.streams.length)
      throw new RangeError(`stream ${index} is declared where ${this.streams.length} is due`);
    if (index >= MOST_STREAMS) throw new RangeError(`more than ${MOST_STREAMS} streams`);
    this.streams.push({ index, target, probe, at: 0, seq: -1 });
  }

  /** An ordinary reply, its row's numbers being integers. */
  ordinary(index: number, sinceLast: number, untilKnown: number, rttMicros: number): Sample {
    const stream = this.streamOf(index);
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
    if (!numbers.every(Number.isSafeInteger)) throw new RangeError('a sample row holds whole numbers');
    const [, since, until] = numbers as [number, number, number];
    if (typeof kind !== 'string' && row.length <= 4)
      return this.ordinary(index as number, since, until, (kind as number | undefined) ?? until);
    if (typeof kind !== 'string' || !isRecord(fields))
      throw new RangeError('a sample row holds a kind, a number and an object after its times');
    return this.full(this.streamOf(index as number), since, until, kind, steps as number, fields as object);
  }

  private full(
    stream: Stream,
    since: number,
    until: number,
    kind: string,
    steps: number,
    fields: object,
  ): Sample {
    const shape = { ...(Object.hasOwn(OUTCOMES, kind) && OUTCOMES[kind as Outcome['kind']]), ...COMMON };
    const wrong = misfit(fields, shape);
    if (wrong) throw new RangeError(`the field "${wrong}" of a "${kind}" is missing or of the wrong type`);
    const micros = stream.at + since;
    const seq = stream.seq + steps;
    if (![micros, micros + until].every(Number.isSafeInteger) || !isProbeNumber(seq))
      throw new RangeError('a time or number is out of range');
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

  private streamOf(index: number): Stream {
    const stream = this.streams[index];
    if (!stream) throw new RangeError(`stream ${index} was never declared`);
    return stream;
  }
}
