/**
 * The VM's own clocks against each other. The time of day (CLOCK_REALTIME) steps against the monotonic clock where somebody
 * sets it, as a guest agent or NTP does after a migration. The boot clock gains on the monotonic clock while the VM is
 * suspended. The monotonic clock jumps between two looks where the VM did not run and the clock did: its TSC goes on.
 *
 * A VM whose clocks all stand still with it, as on QEMU by default, sees nothing by itself.
 * Reference: clock_gettime(2); proc_uptime(5), which is the boot clock in 10 ms.
 */
import { readFileSync } from 'node:fs';
import type { Finding } from '../../src/core/guest/finding.js';
import type { Millis } from '../../src/core/sample.js';
import { monotonicNow } from '../../src/system/clock.js';
import type { GuestSource } from './source.js';

const PERIOD_MS: Millis = 100;
/** Smaller steps are the quantum of the time of day, and slew. */
const MIN_STEP_MS: Millis = 5;
const MIN_SUSPENDED_MS: Millis = 100;
/** A look that comes so much later than planned: shorter ones are an ordinary busy machine. */
const MIN_GAP_MS: Millis = 100;
/** Looks that a step has to last, so that one that was interrupted is not taken for it. */
const LOOKS = 3;

/** The three clocks at one moment, in ms. */
export interface Clocks {
  monotonicMs: Millis;
  wallMs: Millis;
  bootMs: Millis;
}

/** Finds steps between looks. Pure. */
export class ClockComparison {
  private last: Clocks | undefined;
  private wallMinus: Millis | undefined;
  private bootMinus: Millis | undefined;
  private unlike = 0;

  take(now: Clocks): Finding[] {
    const { last } = this;
    this.last = now;
    const found: Finding[] = [];
    const gapMs = last ? now.monotonicMs - last.monotonicMs - PERIOD_MS : 0;
    if (gapMs >= MIN_GAP_MS) found.push({ finding: 'gap', gapMs: Math.round(gapMs) });
    const wallMinus = now.wallMs - now.monotonicMs;
    this.wallMinus ??= wallMinus;
    const stepMs = wallMinus - this.wallMinus;
    this.unlike = Math.abs(stepMs) >= MIN_STEP_MS ? this.unlike + 1 : 0;
    if (this.unlike === 0) this.wallMinus += stepMs / 10;
    if (this.unlike >= LOOKS) {
      found.push({ finding: 'clock-set', stepMs: Math.round(stepMs * 10) / 10 });
      this.wallMinus = wallMinus;
      this.unlike = 0;
    }
    const bootMinus = now.bootMs - now.monotonicMs;
    this.bootMinus ??= bootMinus;
    const suspendedMs = bootMinus - this.bootMinus;
    if (suspendedMs >= MIN_SUSPENDED_MS) {
      found.push({ finding: 'suspended', suspendedMs: Math.round(suspendedMs) });
      this.bootMinus = bootMinus;
    }
    return found;
  }
}

function bootMs(path: string): Millis {
  const seconds = Number(readFileSync(path, 'utf8').split(' ')[0]);
  if (!Number.isFinite(seconds)) throw new Error(`${path} does not begin with the seconds since the boot`);
  return seconds * 1000;
}

export const clocks: GuestSource = {
  name: 'clocks',
  summary: 'the time of day and the boot clock against the monotonic clock: steps, suspends and gaps',
  where: '/proc/uptime',
  asksOthers: false,
  announces: false,
  check: where => void bootMs(where),
  create(where) {
    const comparison = new ClockComparison();
    return {
      periodMs: PERIOD_MS,
      look(report) {
        const monotonicMs = monotonicNow();
        for (const found of comparison.take({ monotonicMs, wallMs: Date.now(), bootMs: bootMs(where) }))
          report(found);
      },
    };
  },
};
