import type { Millis } from '../../src/core/sample.js';

const ACTIVE_POLL_MS: Millis = 100;
/** All sessions together ask this often, so that fifty migrations at once take about 2 % of a core. */
const SHARE_MS: Millis = 20;
const IDLE_POLL_MS: Millis = 5000;
const MAX_STEP_MS: Millis = 500;
/** Without the capability `events`, this is how late a migration is found. */
const EVENTLESS_POLL_MS: Millis = 1000;

/** The sessions whose migration runs: they share the rate. */
const running = new Set<QmpPace>();

/** What the pause of a session follows from. */
interface Polled {
  isRunning: boolean;
  /** The start of a migration is an event. */
  hasEvents: boolean;
  /** The last answers were not enough. */
  askAgain: boolean;
}

/** How long a session waits between two rounds of queries. */
export class QmpPace {
  /** Until the next round, from now. */
  pauseMs(now: Millis, { isRunning, hasEvents, askAgain }: Polled): Millis {
    if (isRunning) running.add(this);
    else running.delete(this);
    if (askAgain) return inStep(now, ACTIVE_POLL_MS);
    if (isRunning) return inStep(now, Math.max(ACTIVE_POLL_MS, running.size * SHARE_MS));
    return inStep(now, hasEvents ? IDLE_POLL_MS : EVENTLESS_POLL_MS);
  }

  leave(): void {
    running.delete(this);
  }
}

/** A pause of about this length that ends with those of other sessions, since each turn of the loop costs as much as an answer. */
function inStep(now: Millis, pauseMs: Millis): Millis {
  const step = Math.min(pauseMs, MAX_STEP_MS);
  return pauseMs - ((now + pauseMs) % step);
}
