import type { Millis } from '../core/sample.js';

/** Whose time of day is told. */
export type Zone = 'local' | 'utc';

/** A clock on the wall: tells moments as people of one zone write them. */
export interface Wall {
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

export function wallOf(zone: Zone, now: Millis): Wall {
  const shift = (at: Millis) => (zone === 'utc' ? 0 : -new Date(at).getTimezoneOffset() * MINUTE);
  /** As ISO 8601 writes it, without the zone. */
  const iso = (at: Millis) => new Date(Math.floor(at) + shift(at)).toISOString();
  const time = (at: Millis) => iso(at).slice(11, 19);
  const day = (at: Millis) => {
    const [month, number] = iso(at).slice(5, 10).split('-').map(Number) as [number, number];
    return `${number} ${MONTHS[month - 1]}`;
  };
  const sameDay = (at: Millis) => iso(at).slice(0, 10) === iso(now).slice(0, 10);
  return {
    ...{ zone, time, day, shift },
    precise: at => iso(at).slice(11, 23),
    moment: at => (sameDay(at) ? time(at) : `${day(at)} ${time(at).slice(0, 5)}`),
  };
}
