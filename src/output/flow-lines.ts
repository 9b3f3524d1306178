import { utc } from '../core/format/utc.js';
import { toMicros } from '../core/sample.js';
import { type WireStream, zeroShareOf } from '../core/wire/stream.js';

/** The object of a line about a stream on the wire. Other programs rely on the fields: extend, never rename. */
export function flowLine(stream: WireStream): object {
  const { startedAt, endedAt, content, canary, rate, ...rest } = stream;
  return {
    type: 'flow',
    ...{ startedAt: utc(startedAt), endedAt: utc(endedAt), durationMs: toMicros(endedAt - startedAt) },
    ...rest,
    rate,
    sampledBytes: content.sampled,
    entropy: round(content.entropy),
    textShare: round(content.textShare),
    ...(rest.protocol === 'qemu' && { zeroPageShare: round(zeroShareOf(content)) }),
    ...(canary && { canary: canary.count, canaryOffsets: canary.places }),
  };
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
