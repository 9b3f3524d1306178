import type { Millis } from '../core/sample.js';

/**
 * The origin of our time line: at `monotonicMs` on CLOCK_MONOTONIC the wall clock was at `wallMs`.
 * Read once, so that a step of the wall clock later does not look like a migration.
 */
export interface ClockOrigin {
  wallMs: Millis;
  monotonicMs: Millis;
  /** Milliseconds on the time line in one real millisecond; 1 unless all targets are simulated. */
  speed: number;
}

export function monotonicNow(): Millis {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function clockOrigin(speed = 1): ClockOrigin {
  return { wallMs: Date.now(), monotonicMs: monotonicNow(), speed };
}

/** The moment on the time line. CLOCK_MONOTONIC is shared by threads and processes, and so is the origin. */
export function now({ wallMs, monotonicMs, speed }: ClockOrigin): Millis {
  return wallMs + (monotonicNow() - monotonicMs) * speed;
}
