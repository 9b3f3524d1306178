/** Whether a value is valid for a field. */
export type Check = (value: unknown) => boolean;
export type Shape = Record<string, Check>;

/** In ms: the last microsecond that a double holds exactly, in the year 2255. No duration is longer. */
const LAST_MOMENT = Number.MAX_SAFE_INTEGER / 1000;
/** A thousand a second, for 8,900 years. */
const LAST_PROBE = 2 ** 48;

export const isText: Check = value => typeof value === 'string';
export const isTruth: Check = value => typeof value === 'boolean';
export const isNumber: Check = Number.isFinite;
export const isCount: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
export const isDuration: Check = value =>
  isNumber(value) && (value as number) >= 0 && (value as number) <= LAST_MOMENT;
/** A probe's number: far below the limit of a double, so that the numbers after it are exact too. */
export const isProbeNumber: Check = value => isCount(value) && (value as number) <= LAST_PROBE;
export const isMoment: Check = value => isNumber(value) && Math.abs(value as number) <= LAST_MOMENT;
export const isRecord: Check = value => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isOneOf =
  (...known: readonly unknown[]): Check =>
  value =>
    known.includes(value);
export const isOptional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
export const isListOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);
export const isShaped =
  (shape: Shape): Check =>
  value =>
    isRecord(value) && misfit(value as object, shape) === undefined;

/** The name of the first field that is missing or invalid. */
export function misfit(value: object, shape: Shape): string | undefined {
  return Object.keys(shape).find(
    key => !shape[key]!(Object.hasOwn(value, key) ? value[key as never] : undefined),
  );
}
