import type { Millis } from '../sample.js';

/** A length in words: `320 ms`, `12.5 s`. */
export function msWords(value: Millis): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}

/** To a tenth of a millisecond, with a proper minus. */
export function signedMs(value: Millis): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} ms`;
}
