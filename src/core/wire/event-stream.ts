import type { FlowReport } from '../outcomes.js';
import type { Millis } from '../sample.js';
import { anyNumber, type Codec, moment, object, oneOf, optional, text } from '../validation/saved-state.js';
import { isCount, isMoment, isOneOf, isOptional, isShaped, isText } from '../validation/shape.js';
import { MIGRATION_ANSWERS, PROTECTIONS } from './answers.js';

/** What an event keeps of the stream that belongs to it. Names and units are those of the outcome `flow`. */
export interface EventStream {
  from: string;
  to: string;
  startedAt: Millis;
  endedAt: Millis;
  bytes: number;
  protection: FlowReport['protection'];
  migration: FlowReport['migration'];
  canary?: number;
}

export const EVENT_STREAM: Codec<EventStream> = object<EventStream>({
  from: text,
  to: text,
  startedAt: moment,
  endedAt: moment,
  bytes: anyNumber,
  protection: oneOf(...PROTECTIONS),
  migration: oneOf(...MIGRATION_ANSWERS),
  canary: optional(anyNumber),
});

/** Whether a value is one, for readers of recordings. */
export const isEventStream = isShaped({
  from: isText,
  to: isText,
  startedAt: isMoment,
  endedAt: isMoment,
  bytes: isCount,
  protection: isOneOf(...PROTECTIONS),
  migration: isOneOf(...MIGRATION_ANSWERS),
  canary: isOptional(isCount),
});

export function eventStreamOf(flow: FlowReport): EventStream {
  const { from, to, startedAt, endedAt, bytes, protection, migration, canary } = flow;
  return {
    ...{ from, to, startedAt, endedAt, bytes, protection, migration },
    ...(canary !== undefined && { canary }),
  };
}
