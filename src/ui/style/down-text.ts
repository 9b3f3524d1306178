import type { Millis } from '../../core/sample.js';

/** `DOWN 6.2 s`, which counts; whole seconds from ten on, and then minutes. */
export function downText(ms: Millis): string {
  if (ms < 10_000) return `DOWN ${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  return ms < 1_000_000 ? `DOWN ${Math.floor(ms / 1000)} s` : `DOWN ${Math.floor(ms / 60_000)} min`;
}
