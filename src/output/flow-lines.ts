import { utc } from '../core/format/utc.js';
import type { FlowReport } from '../core/outcomes.js';
import { type Millis, toMicros } from '../core/sample.js';
import type { Step } from '../core/step.js';
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

/** A stream may wait this long for its event. */
const WAIT_MS: Millis = 10_000;
const MAX_WAITING = 64;

/** The headless lines about the streams that a session captures. */
export class FlowLines {
  /** Migrations without an event so far, oldest first. */
  private waiting: { at: Millis; flow: FlowReport }[] = [];

  /** The lines for a step: the stream, and again one that no event belongs to, once that is certain. */
  linesFor({ sample: { knownAt, outcome }, events }: Step): object[] {
    for (const { stream } of events)
      if (stream) this.waiting = this.waiting.filter(({ flow }) => !isSame(flow, stream));
    const isMigration = outcome.kind === 'flow' && outcome.migration !== 'no';
    if (isMigration && !events.some(({ stream }) => stream && isSame(outcome, stream)))
      this.waiting = [...this.waiting.slice(1 - MAX_WAITING), { at: knownAt, flow: outcome }];
    const due = this.waiting.filter(({ at }) => knownAt - at >= WAIT_MS);
    if (due.length > 0) this.waiting = this.waiting.filter(each => !due.includes(each));
    return [
      ...(outcome.kind === 'flow' ? [reportLine(outcome)] : []),
      ...due.map(({ flow }) => ({ ...reportLine(flow), seen: false })),
    ];
  }
}

function isSame(a: Pick<FlowReport, 'from' | 'to' | 'startedAt'>, b: typeof a): boolean {
  return a.from === b.from && a.to === b.to && a.startedAt === b.startedAt;
}

function reportLine(flow: FlowReport & { kind?: string }): object {
  const { startedAt, endedAt, kind: _, ...rest } = flow;
  return {
    type: 'flow',
    ...{ startedAt: utc(startedAt), endedAt: utc(endedAt), durationMs: toMicros(endedAt - startedAt) },
    ...rest,
  };
}
