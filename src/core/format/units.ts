import type { Millis } from '../sample.js';

/** A duration to three digits in the unit that suits it: `31 µs`, `1.23 ms`, `12.5 s`; nothing is `0` in any unit. */
export function duration(ms: Millis): string {
  if (ms === 0) return '0';
  const [value, unit] = inUnit(ms);
  return `${Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`;
}

/** The same with all three digits written, so that figures in a column keep their places: `31.0 µs`. */
export function figure(ms: Millis): string {
  const [value, unit] = inUnit(ms);
  return `${value.toPrecision(3)} ${unit}`;
}

function inUnit(ms: Millis): [value: number, unit: string] {
  if (Math.abs(ms) < 0.9995) return [ms * 1000, 'µs'];
  return Math.abs(ms) < 999.5 ? [ms, 'ms'] : [ms / 1000, 's'];
}

/** How long something has been going on, to the second: `1:02:03`. */
export function elapsed(ms: Millis): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A share of 1 as `0 %`, `0.03 %`, `12 %`: neither a little nor all but a little reads as none or all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.01) return '<0.01 %';
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.floor(value)} %`;
}

/** An amount of data in decimal units: `512 B`, `34 kB`, `1.2 MB`. */
export function bytes(amount: number): string {
  const power = amount < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(amount) / 3));
  const value = amount / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.floor(value)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}
