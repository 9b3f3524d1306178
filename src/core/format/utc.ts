import type { Millis } from '../sample.js';

const SECOND_MICROS = 1_000_000;

const THREE_DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, '0'));

/** The second of the latest text, and what its text begins with: most moments are of the same second as the one before. */
let latest = { second: Number.NaN, text: '' };

/** ISO 8601 in UTC, to the microsecond. */
export function utc(at: Millis): string {
  const micros = Math.round(at * 1000);
  const second = Math.floor(micros / SECOND_MICROS);
  if (second !== latest.second)
    latest = { second, text: new Date(second * 1000).toISOString().slice(0, -'000Z'.length) };
  const rest = micros - second * SECOND_MICROS;
  const millis = Math.floor(rest / 1000);
  return `${latest.text}${THREE_DIGITS[millis]}${THREE_DIGITS[rest - millis * 1000]}Z`;
}
