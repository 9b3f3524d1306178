import { type Outcome, PLAYBACK_STATES } from '../core/sample.js';
import {
  isCount,
  isDuration,
  isMoment,
  isOneOf,
  isOptional,
  isProbeNumber,
  isText,
  isTruth,
  misfit,
  type Shape,
} from '../core/shape.js';

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
  clock: { offsetMs: isMoment, rttMs: isDuration, via: isOneOf('icmp', 'tcp') },
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

/** Throws a RangeError unless an outcome of this kind may have these fields. Used by writer and reader. */
export function checkFields(kind: string, fields: object): void {
  const shape = { ...(Object.hasOwn(OUTCOMES, kind) && OUTCOMES[kind as Outcome['kind']]), ...COMMON };
  const wrong = misfit(fields, shape);
  if (wrong) throw new RangeError(`the field "${wrong}" of a "${kind}" is missing or of the wrong type`);
}

/** Throws a RangeError unless a recording can hold these two moments, in microseconds, and the probe's number. */
export function checkTimes(atMicros: number, knownMicros: number, seq: number): void {
  if (!Number.isSafeInteger(atMicros) || !Number.isSafeInteger(knownMicros) || !isProbeNumber(seq))
    throw new RangeError('a time or number is out of range');
}
