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
  /** Time of day, or day and minute if it is not today. */
  moment(at: Millis): string;
  /** Time of day to the millisecond, after the day if it is not today. */
  exact(at: Millis): string;
  /** The offset from UTC at that moment. */
  shift(at: Millis): Millis;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE: Millis = 60_000;
/** The last moment of a Date: a recording may contain any, and a zone may exceed it. */
const LAST_MOMENT: Millis = 8.64e15;

export function timeFormatOf(zone: Zone, now: Millis): TimeFormat {
  const shift = (at: Millis) => (zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE);
  /** A Date whose UTC fields are the time in the zone. */
  const date = (at: Millis) =>
    new Date(Math.max(-LAST_MOMENT, Math.min(LAST_MOMENT, Math.floor(at) + shift(at))));
  /** A part of ISO 8601, counted from the end, because years may have more than four digits. */
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
    exact: at => `${sameDay(at) ? '' : `${day(at)} `}${iso(at, -13, -1)}`,
    moment: at => (sameDay(at) ? time(at) : `${day(at)} ${time(at).slice(0, 5)}`),
  };
}
