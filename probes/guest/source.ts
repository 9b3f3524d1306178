import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../../src/core/guest/finding.js';
import type { Millis } from '../../src/core/sample.js';

/** Where a source's findings go. */
export interface GuestPorts {
  report(found: Finding): void;
  /** Why the source finds nothing at present; it goes on. */
  trouble(why: string): void;
}

/** One thing to look at inside a VM. */
export interface GuestSource {
  /** As named by `--source`. */
  name: string;
  /** One line: what it finds. */
  summary: string;
  /** The file or URL that it reads; `--source NAME=WHERE` names another. */
  where: string;
  /** It asks another machine, and so only where the user names it. */
  asksOthers: boolean;
  /** It announces what will happen. */
  announces: boolean;
  /** Throws an Error where it can't be read here. */
  check(where: string): void;
  /** One look; called again after `periodMs`. What it keeps in between is its own. */
  create(where: string): Look;
}

export interface Look {
  periodMs: Millis;
  /** Rejects with the reason why nothing can be found now. */
  look(report: (found: Finding) => void, signal: AbortSignal): Promise<void> | void;
}

/** After a failure a source waits longer and longer, up to this. */
const MAX_PAUSE_MS: Millis = 60_000;
const FIRST_PAUSE_MS: Millis = 1000;

/** Looks again and again until the signal. Each reason of trouble is reported once in a row. */
export async function lookAgain(
  { periodMs, look }: Look,
  { report, trouble }: GuestPorts,
  signal: AbortSignal,
): Promise<void> {
  let reason = '';
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let wait = periodMs;
    try {
      await look(report, signal);
      [reason, pause] = ['', FIRST_PAUSE_MS];
    } catch (error) {
      if (signal.aborted) return;
      const { message } = error as Error;
      if (message !== reason) trouble(message);
      reason = message;
      wait = Math.max(periodMs, pause);
      pause = Math.min(MAX_PAUSE_MS, 2 * pause);
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
}
