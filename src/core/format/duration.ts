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

/** Reads `50ms`, `1.5s`, `2m`, `1h30m`. A bare number would leave the unit to a guess, so it is refused, but for 0. */
export function parseDuration(text: string): Millis {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text)
    throw new RangeError(`"${text}" is no duration: write a number and a unit, such as 50ms, 1.5s or 2m`);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0);
}

/** The shortest way to write a duration that `parseDuration` reads back, to three digits. */
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
