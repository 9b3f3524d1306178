import type { Millis } from '../sample.js';

/** Which time of day is shown. */
export type Zone = 'local' | 'utc';

/** Formats moments in one time zone. */
export interface TimeFormat {
  zone: Zone;
  /** Time of day, `HH:MM:SS`. */
  time(at: Millis): string;
  /** Time of day to the millisecond, `HH:MM:SS.mmm`. */
  precise(at: Millis): string;
  /** The day, such as `21 Nov`. */
  day(at: Millis): string;
  /** Time of day, or day and minute when that is not today. */
  moment(at: Millis): string;
  /** What is added to UTC at that moment. */
  shift(at: Millis): Millis;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE: Millis = 60_000;
/** That a Date can hold: a recording may claim any, and a zone may lie beyond. */
const LAST_MOMENT: Millis = 8.64e15;

export function timeFormatOf(zone: Zone, now: Millis): TimeFormat {
  const shift = (at: Millis) => (zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE);
  /** A Date whose UTC fields are the time in the zone. */
  const date = (at: Millis) =>
    new Date(Math.max(-LAST_MOMENT, Math.min(LAST_MOMENT, Math.floor(at) + shift(at))));
  /** As ISO 8601 writes it; from the end, for years of more than four digits are longer. */
  const iso = (at: Millis, ...part: [from: number, to: number]) =>
    date(at)
      .toISOString()
      .slice(...part);
  const time = (at: Millis) => iso(at, -13, -5);
  const day = (at: Millis) => `${date(at).getUTCDate()} ${MONTHS[date(at).getUTCMonth()]}`;
  const sameDay = (at: Millis) => iso(at, 0, -14) === iso(now, 0, -14);
  return {
    ...{ zone, time, day, shift },
    precise: at => iso(at, -13, -1),
    moment: at => (sameDay(at) ? time(at) : `${day(at)} ${time(at).slice(0, 5)}`),
  };
}
