import type { Zone } from '../../core/format/time-of-day.js';
import type { Millis } from '../../core/sample.js';

const EXPECTED = 'expected a time of day as HH:MM:SS.mmm';
const DAY: Millis = 86_400_000;

/**
 * The moment with the time of day `text` (HH:MM, HH:MM:SS or HH:MM:SS.mmm): the one between `from`
 * and `to` nearest to `near`, else the nearer end. Throws a RangeError if `text` is not a time of day.
 */
export function momentAt(
  text: string,
  near: Millis,
  { from, to, zone }: { from: Millis; to: Millis; zone: Zone },
): Millis {
  const parts = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(text.trim());
  if (!parts) throw new RangeError(EXPECTED);
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3] ?? 0].map(Number) as [
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || seconds > 59) throw new RangeError(EXPECTED);
  const millis = Number((parts[4] ?? '').padEnd(3, '0'));
  const candidates = [near - DAY, near, near + DAY].map(day =>
    zone === 'utc'
      ? new Date(day).setUTCHours(hours, minutes, seconds, millis)
      : new Date(day).setHours(hours, minutes, seconds, millis),
  );
  const away = (at: Millis) => (at >= from && at <= to ? 0 : DAY) + Math.abs(at - near);
  const best = candidates.reduce((one, other) => (away(other) < away(one) ? other : one));
  return Math.min(to, Math.max(from, best));
}
