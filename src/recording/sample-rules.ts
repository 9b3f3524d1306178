import { OUTCOME_KINDS, OUTCOME_SHAPES } from '../core/outcomes.js';
import {
  isDuration,
  isMoment,
  isOptional,
  isProbeNumber,
  misfit,
  type Shape,
} from '../core/validation/shape.js';

const COMMON: Shape = {
  at: isOptional(isMoment),
  knownAt: isOptional(isMoment),
  lagMs: isOptional(isDuration),
};

/** An outcome of an unknown kind is kept unchanged. */
const SHAPES: Record<string, Shape> = Object.fromEntries(
  OUTCOME_KINDS.map(kind => [kind, { ...OUTCOME_SHAPES[kind], ...COMMON }]),
);

/** Throws a RangeError unless an outcome of this kind may have these fields. Used by writer and reader. */
export function checkFields(kind: string, fields: object): void {
  const wrong = misfit(fields, Object.hasOwn(SHAPES, kind) ? SHAPES[kind]! : COMMON);
  if (wrong) throw new RangeError(`the field "${wrong}" of a "${kind}" is missing or of the wrong type`);
}

/** Throws a RangeError unless a recording can hold these two moments, in microseconds, and the probe's number. */
export function checkTimes(atMicros: number, knownMicros: number, seq: number): void {
  if (!Number.isSafeInteger(atMicros) || !Number.isSafeInteger(knownMicros) || !isProbeNumber(seq))
    throw new RangeError('a time or number is out of range');
}
