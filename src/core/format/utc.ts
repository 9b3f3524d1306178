import type { Millis } from '../sample.js';

/** ISO 8601 in UTC, to the microsecond. */
export function utc(at: Millis): string {
  const micros = Math.round(at * 1000);
  const whole = Math.floor(micros / 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros - whole * 1000).padStart(3, '0')}Z`;
}
