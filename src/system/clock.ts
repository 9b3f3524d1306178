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
  /** Since when the time line stands still, on CLOCK_MONOTONIC; absent while it runs. */
  haltedMs?: Millis | undefined;
}

export function monotonicNow(): Millis {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A pair of readings that lie closer together than this is exact enough. */
const CLOSE_MS: Millis = 0.02;
const MAX_TRIES = 5;
/** How long to wait for the next millisecond of the wall clock. */
const TICK_TIMEOUT_MS: Millis = 3;

/**
 * Reads both clocks at the moment at which the wall clock's millisecond changes, which takes about a millisecond. A busy
 * machine may take the processor away between the two readings, so the closest of several pairs is used.
 */
export function clockOrigin(speed = 1): ClockOrigin {
  let best = tick();
  for (let tries = 1; tries < MAX_TRIES && best.apartMs > CLOSE_MS; tries++) {
    const pair = tick();
    if (pair.apartMs < best.apartMs) best = pair;
  }
  return { wallMs: best.wallMs, monotonicMs: best.monotonicMs, speed };
}

/** The next change of the wall clock's millisecond, between two readings of the monotonic clock that are so far apart. */
function tick() {
  const first = Date.now();
  const end = monotonicNow() + TICK_TIMEOUT_MS;
  let [before, after] = [monotonicNow(), monotonicNow()];
  let wallMs = first;
  while (wallMs === first && before < end) {
    before = after;
    wallMs = Date.now();
    after = monotonicNow();
  }
  return { wallMs, monotonicMs: (before + after) / 2, apartMs: after - before };
}

/** The moment on the time line. CLOCK_MONOTONIC is shared by threads and processes, and so is the origin. */
export function now({ wallMs, monotonicMs, speed, haltedMs }: ClockOrigin): Millis {
  return wallMs + ((haltedMs ?? monotonicNow()) - monotonicMs) * speed;
}

/** Halts a simulated time line, or lets it run on from where it stood. */
export function setHalted(origin: ClockOrigin, halted: boolean): void {
  const real = monotonicNow();
  if (halted) origin.haltedMs ??= real;
  else if (origin.haltedMs !== undefined) {
    origin.monotonicMs += real - origin.haltedMs;
    origin.haltedMs = undefined;
  }
}
