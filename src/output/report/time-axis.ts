import type { Millis } from '../../core/sample.js';

const SECOND: Millis = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps that divide an hour, a day or a week evenly. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 364].map(count => count * DAY),
];

/** Marks at round times of UTC in [from, to], at most `max`. */
export function timeTicks(from: Millis, to: Millis, max: number): { at: Millis; label: string }[] {
  const step = STEPS.find(each => (to - from) / each <= max) ?? Math.max(1, (to - from) / max);
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.min(max + 1, Math.floor(to / step) - first + 1));
  return Array.from({ length: count }, (_, index) => (first + index) * step).map(at => ({
    at,
    label: clockLabel(at, step),
  }));
}

/** A label as fine as the step: a day, a minute, a second, or fractions of it. */
function clockLabel(at: Millis, step: Millis): string {
  // Slices count from the end of the text: a year of more than four digits makes it longer.
  const iso = new Date(at).toISOString();
  if (step >= DAY || (step >= HOUR && at % DAY === 0)) return dayOf(at);
  if (step >= MINUTE) return iso.slice(-13, -8);
  if (step >= SECOND) return iso.slice(-13, -5);
  return step >= 100 ? iso.slice(-13, -3) : iso.slice(-10, -1);
}

/** `21 Nov 2026`. */
export function dayOf(at: Millis): string {
  const [, day, month, year] = new Date(at).toUTCString().split(' ');
  return `${Number(day)} ${month} ${year}`;
}

/** `21 Nov 2026 10:00:05`, in UTC. */
export function timeOf(at: Millis, parts = false): string {
  return `${dayOf(at)} ${new Date(at).toISOString().slice(-13, parts ? -1 : -5)}`;
}
