import type { Millis } from '../../core/sample.js';

/** Where a series holds its times and round trips: names in its first line, or numbers from 1. */
export interface Columns {
  time: string;
  rtt: string;
}

/** Names that need no `--columns`, in lower case. */
export const TIME_NAMES = ['time', 'timestamp', 'epoch', 'date', 'datetime', 'at', 't'];
export const RTT_NAMES = ['rtt', 'rtt_ms', 'rttms', 'latency', 'latency_ms', 'ms', 'median', 'avg', 'value'];

/** The first of these that a line contains separates its fields: a comma may also be a decimal one. */
const DELIMITERS = [';', '\t', ','];
/** Unix times above this are milliseconds: as seconds, they would be in the year 5138. */
const MOST_SECONDS = 1e11;

const ISO =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)([.,]\d{1,9})?)?)? ?(?:Z|UTC|([+-])(\d\d):?(\d\d))?$/;
const DAY_FIRST = /^(\d\d?)[/.](\d\d?)[/.](\d{4}) (\d\d?):(\d\d)(?::(\d\d)([.,]\d{1,9})?)?$/;
const NUMBER = /^[+-]?\d{1,20}(?:[.,]\d{1,20})?(?:[eE][+-]?\d{1,3})?$/;

/** Reads `--columns TIME,RTT`. Throws a RangeError unless it names two different columns. */
export function readColumns(text: string): Columns {
  const [time = '', rtt = '', ...rest] = text.split(',').map(name => name.trim().toLowerCase());
  if (time !== '' && rtt !== '' && time !== rtt && rest.length === 0) return { time, rtt };
  throw new RangeError(
    `--columns must be TIME,RTT, two names or numbers of columns such as epoch,rtt or 1,3, not "${text}"`,
  );
}

/** The fields of a line, without quotes and spaces around them; a line without a delimiter is one field. */
export function fieldsOf(line: string): string[] {
  const delimiter = DELIMITERS.find(each => line.includes(each)) ?? ';';
  return line.split(delimiter).map(field =>
    field
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

/** Undefined for what is no number. A comma is a decimal point. */
export function readNumber(field: string): number | undefined {
  return NUMBER.test(field) ? Number(field.replace(',', '.')) : undefined;
}

/**
 * A moment: Unix seconds or milliseconds, ISO 8601, or `31/12/2026 23:59`, day first. Without a zone it is UTC.
 * Undefined for anything else, and for a date that does not exist.
 */
export function readTime(field: string): Millis | undefined {
  const number = readNumber(field);
  if (number !== undefined) return Math.abs(number) > MOST_SECONDS ? number : number * 1000;
  const iso = ISO.exec(field);
  if (iso) {
    const [year, month, day, hour, minute, second, fraction, sign, hours, minutes] = iso.slice(1);
    const local = momentOf([year, month, day, hour, minute, second], fraction);
    const zone = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
    return local === undefined ? undefined : local - (sign === '-' ? -zone : zone);
  }
  const [day, month, year, hour, minute, second, fraction] = DAY_FIRST.exec(field)?.slice(1) ?? [];
  return year === undefined ? undefined : momentOf([year, month, day, hour, minute, second], fraction);
}

function momentOf(parts: readonly (string | undefined)[], fraction = ''): Millis | undefined {
  const [year, month, day, hour, minute, second] = parts.map(part => Number(part ?? 0)) as [
    ...[number, number, number, number, number, number],
  ];
  const whole = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(whole);
  // What does not exist, such as a 13th month, runs over into the next.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!exists || minute > 59 || second > 59) return undefined;
  return whole + (fraction === '' ? 0 : Number(`0.${fraction.slice(1)}`) * 1000);
}
