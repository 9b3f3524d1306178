import type { Millis } from '../sample.js';

const UNITS: Record<string, Millis> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads `50ms`, `1.5s`, `2m`, `1h30m`. Throws a RangeError for anything else; a number without a unit is ambiguous, so
 * only 0 is accepted.
 */
export function parseDuration(text: string): Millis {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text)
    throw new RangeError(
      `"${text}" is not a duration: expected a number and a unit, such as 50ms, 1.5s or 2m`,
    );
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
}

/** The shortest text that `parseDuration` reads back, to three digits: `50ms`, `2m`. For options. */
export function formatDuration(ms: Millis): string {
  const unit = (['d', 'h', 'm', 's'] as const).find(
    name => ms >= UNITS[name]! && (ms % UNITS[name]! === 0 || name === 's'),
  );
  if (!unit) return `${round(ms)}ms`;
  return `${round(ms / UNITS[unit]!)}${unit}`;
}

function round(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 6 : 3));
}

/** A duration to three digits, in the unit that suits it, and to a microsecond: `31 µs`, `1.23 ms`, `12.5 s`; zero is `0`. */
export function duration(ms: Millis): string {
  if (ms === 0) return '0';
  const [value, unit] = inUnit(ms);
  const isWhole = Math.abs(value) >= 100 || unit === 'µs';
  return `${isWhole ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`;
}

/** The same, always with three digits, so that figures in a column keep their places: `1.20 ms`, but `31 µs`. */
export function figure(ms: Millis): string {
  const [value, unit] = inUnit(ms);
  return `${unit === 'µs' ? Math.round(value) : value.toPrecision(3)} ${unit}`;
}

function inUnit(ms: Millis): [value: number, unit: string] {
  if (Math.abs(ms) < 0.9995) return [ms * 1000, 'µs'];
  return Math.abs(ms) < 999.5 ? [ms, 'ms'] : [ms / 1000, 's'];
}

/** An estimate with bounds. */
interface Bounded {
  estimate: Millis;
  low: Millis;
  high: Millis;
}

/**
 * An estimate with its bounds in one unit, and no finer than they allow: `43.7 ms (42.9–44.5)`, `350 ms (300–400)`. Bounds
 * that round to the estimate are left out: `8.04 s`.
 */
export function boundedDuration({ estimate, low, high }: Bounded): string {
  const [value, unit] = inUnit(estimate);
  const scale = estimate === 0 ? 1 : value / estimate;
  const digits = Math.max(0, Math.min(decimalsOf(value), decimalsOf((high - low) * scale * 5)));
  const [middle, ...ends] = [estimate, low, high].map(ms => (ms === 0 ? '0' : (ms * scale).toFixed(digits)));
  const exact = ends.every(end => end === middle);
  return exact ? duration(estimate) : `${middle} ${unit} (${ends.join('–')})`;
}

/** Both ends of a range in one unit, that of the larger: `12.0–12.1 s`. */
export function durationRange(low: Millis, high: Millis): string {
  if (high === 0) return '0';
  const [value, unit] = inUnit(high);
  const digits = unit === 'µs' ? 0 : decimalsOf(value);
  const ends = [low, high].map(ms => ((ms * value) / high).toFixed(digits));
  return `${ends[0] === ends[1] ? ends[0] : ends.join('–')} ${unit}`;
}

/** The decimals that give a value three digits. */
function decimalsOf(value: number): number {
  return Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))));
}

/** Elapsed time, to the second: `1:02:03`. */
export function elapsed(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A difference with its sign, to the millisecond: `+12 ms`, `-1.2 s`. */
export function signedDuration(ms: Millis): string {
  const rounded = Math.round(ms);
  if (rounded === 0) return '+0 ms';
  return `${rounded < 0 ? '-' : '+'}${duration(Math.abs(rounded))}`;
}

/** Seconds to a tenth, so that a running figure keeps its place: `4.2 s`. */
export function inSeconds(ms: Millis): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A round duration in its largest whole unit, seconds up to two minutes: `100 ms`, `60 s`, `5 min`, `24 h`. */
export function wholeDuration(ms: Millis): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms <= 120_000) return `${ms / 1000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}
