import type { Millis } from '../core/sample.js';
import { SampleDecoder } from './sample-rows.js';
import type { Stream } from './streams.js';

/** Far above any probe's number, so that late news of probes before the damage have a number too. */
const ORIGIN = 2 ** 40;

/** No reply was told in full. */
const UNTOLD = -1;

/** Reads the rows behind a damaged place, of which nobody knows what they count from: only how far they lead is of use. */
export function lostDecoder(): SampleDecoder {
  return new SampleDecoder([], () => ({ target: '', probe: '', at: 0, seq: ORIGIN, ttl: UNTOLD }));
}

/**
 * What the rows behind the damage count from: what a sync row tells, less how far the rows up to it lead. `before` are
 * the streams in front of the damage. With the recorded time that was lost.
 */
export function startAfter(
  before: readonly (Stream | undefined)[],
  led: SampleDecoder,
  told: readonly Stream[],
): { streams: (Stream | undefined)[]; missingMs: Millis } {
  const streams = told.map((stream, index) => {
    if (led.declared.has(index)) return undefined;
    const moved = led.streams[index];
    const { ttl, stamp } = (moved && moved.ttl !== UNTOLD && before[index]) || stream;
    const seq = stream.seq - (moved ? moved.seq - ORIGIN : 0);
    return { ...stream, at: stream.at - (moved?.at ?? 0), seq: Math.max(-1, seq), ttl, stamp };
  });
  while (streams.length > 0 && streams.at(-1) === undefined) streams.pop();
  const lost = before.map((stream, index) => (stream && streams[index] ? streams[index].at - stream.at : 0));
  return { streams, missingMs: lost.reduce((most, each) => Math.max(most, each), 0) / 1000 };
}
