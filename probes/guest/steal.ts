/**
 * Steal time: how long the VM's processors wanted to run and the hypervisor ran something else. It rises while a VM is
 * moved or its host is crowded. Reported when it passes a tenth of the processor time, and when it is below 5 % again.
 * Reference: proc_stat(5), the eighth figure of the first line, in ticks.
 */
import { readFileSync } from 'node:fs';
import type { Finding } from '../../src/core/guest/finding.js';
import type { GuestSource } from './source.js';

const PERIOD_MS = 1000;
const HIGH = 10;
const LOW = 5;
const STEAL = 7;

/** Ticks of all processors since the boot: stolen, and all. Throws an Error for another text. */
export function ticksOf(text: string): { stolen: number; all: number } {
  const [name, ...figures] = text.split('\n', 1)[0]!.trim().split(/\s+/);
  const ticks = figures.slice(0, STEAL + 1).map(Number);
  if (name !== 'cpu' || ticks.length <= STEAL || !ticks.every(Number.isSafeInteger))
    throw new Error('the first line of /proc/stat has no figure of steal time');
  // The figures after it are parts of user time.
  return { stolen: ticks[STEAL]!, all: ticks.reduce((sum, value) => sum + value, 0) };
}

export const steal: GuestSource = {
  name: 'steal',
  summary: 'processor time that other VMs took',
  where: '/proc/stat',
  asksOthers: false,
  announces: false,
  check: where => void ticksOf(readFileSync(where, 'utf8')),
  create(where) {
    let before: ReturnType<typeof ticksOf> | undefined;
    let high = false;
    return {
      periodMs: PERIOD_MS,
      look(report: (found: Finding) => void) {
        const now = ticksOf(readFileSync(where, 'utf8'));
        const all = before ? now.all - before.all : 0;
        const percent = all > 0 ? Math.round((100 * (now.stolen - before!.stolen)) / all) : 0;
        before = now;
        if (high ? percent >= LOW : percent < HIGH) return;
        high = !high;
        report({ finding: 'steal', percent: high ? percent : 0 });
      },
    };
  },
};
