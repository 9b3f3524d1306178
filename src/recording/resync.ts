import type { Millis } from '../core/sample.js';
import { SampleDecoder } from './sample-rows.js';
import type { Stream } from './streams.js';

/** Far above any probe's number, so that late replies to probes before the damage get a number too. */
const ORIGIN = 2 ** 40;

/** There was no full reply row yet. */
const UNKNOWN_TTL = -1;

/** Decodes the rows after a damaged place, whose reference is unknown: only their differences are used. */
export function lostDecoder(): SampleDecoder {
  return new SampleDecoder([], () => ({ target: '', probe: '', at: 0, seq: ORIGIN, ttl: UNKNOWN_TTL }));
}

/**
 * The reference of the rows after damage: the streams of a sync row, minus the sum of the rows up to it. `before` are the
 * streams before the damage. Also returns the recorded time that was lost.
 */
export function startAfter(
  before: readonly (Stream | undefined)[],
  skipped: SampleDecoder,
  synced: readonly Stream[],
): { streams: (Stream | undefined)[]; missingMs: Millis } {
  const streams = synced.map((stream, index) => {
    if (skipped.declared.has(index)) return undefined;
    const moved = skipped.streams[index];
    const { ttl, stamp } = (moved && moved.ttl !== UNKNOWN_TTL && before[index]) || stream;
    const seq = stream.seq - (moved ? moved.seq - ORIGIN : 0);
    return { ...stream, at: stream.at - (moved?.at ?? 0), seq: Math.max(-1, seq), ttl, stamp };
  });
  while (streams.length > 0 && streams.at(-1) === undefined) streams.pop();
  const lost = before.map((stream, index) => (stream && streams[index] ? streams[index].at - stream.at : 0));
  return { streams, missingMs: lost.reduce((most, each) => Math.max(most, each), 0) / 1000 };
}
