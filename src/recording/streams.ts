import type { Outcome, Stamp, TargetId } from '../core/sample.js';
import { isCount, isOneOf, isOptional, isProbeNumber, isText } from '../core/validation/shape.js';

/** The reference of one target and one probe. Encoder and decoder update it alike, so rows hold only differences. */
export interface Stream {
  target: TargetId;
  probe: string;
  /** The newest probe: its send time in µs, and its number. */
  at: number;
  seq: number;
  /** From the last reply that was written in full. */
  ttl?: number | undefined;
  stamp?: Stamp | undefined;
}

/** A stream as plain data; trailing undefined fields are left out. */
export type StreamRow = readonly [
  target: TargetId,
  probe: string,
  at: number,
  seq: number,
  ttl?: number | null,
  stamp?: Stamp,
];

/** Ten thousand targets with four probes each. One line declares a stream, and judging it takes some kilobytes. */
export const MAX_STREAMS = 40_000;

const isStamp = isOptional(isOneOf('kernel', 'kernel-rx', 'user'));

/** Updates the reference; late outcomes of older probes do not change it. */
export function follow(stream: Stream, atMicros: number, seq: number, outcome: Outcome): void {
  if (seq > stream.seq) {
    stream.at = atMicros;
    stream.seq = seq;
  }
  if (outcome.kind !== 'reply') return;
  stream.ttl = outcome.ttl;
  stream.stamp = outcome.stamp;
}

export function rowOf({ target, probe, at, seq, ttl, stamp }: Stream): StreamRow {
  if (stamp !== undefined) return [target, probe, at, seq, ttl ?? null, stamp];
  return ttl === undefined ? [target, probe, at, seq] : [target, probe, at, seq, ttl];
}

/** Throws a RangeError if the row is not a valid stream. */
export function streamOf(row: unknown): Stream {
  const [target, probe, at, seq, ttl, stamp] = (Array.isArray(row) ? row : []) as unknown as StreamRow;
  const hasNumbers = Number.isSafeInteger(at) && (isProbeNumber(seq) || seq === -1);
  if (
    !isText(target) ||
    !isText(probe) ||
    !hasNumbers ||
    !isStamp(stamp) ||
    !isOptional(isCount)(ttl ?? undefined)
  )
    throw new RangeError('a stream must have a target, a probe, a time and a number');
  return { target, probe, at, seq, ttl: ttl ?? undefined, stamp };
}

export function areSame(some: readonly (Stream | undefined)[], others: readonly Stream[]): boolean {
  return some.length === others.length && others.every((other, index) => isSame(other, some[index]));
}

function isSame(a: Stream, b: Stream | undefined): boolean {
  if (b === undefined || a.at !== b.at || a.seq !== b.seq || a.ttl !== b.ttl || a.stamp !== b.stamp)
    return false;
  return a.target === b.target && a.probe === b.probe;
}
