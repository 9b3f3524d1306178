/**
 * Probes in a process of its own, which may live in another network namespace:
 * `driver.js PLAN`, a JSON object. Writes what the prober says as JSON Lines, and stops when stdin ends;
 * a line on stdin is an array: the name of a method of the prober, and its arguments.
 */
import { createInterface } from 'node:readline';
import { clocksOf } from '../../../probes/clock.js';
import { icmpDatagram, icmpRaw } from '../../../probes/icmp.js';
import type { ProbePlan } from '../../../probes/prober.js';
import { withWitnesses } from '../../../probes/witnesses.js';
import type { Sample } from '../../../src/core/sample.js';
import { clockOrigin } from '../../../src/system/clock.js';

export type ProberOrder = 'add' | 'remove' | 'readdress';

export interface DriverPlan extends Omit<ProbePlan, 'origin' | 'options'> {
  backend: 'icmp-datagram' | 'icmp-raw';
  /** Seen beside the echoes. */
  witnesses?: { clock?: Record<string, number>; announce?: boolean };
  /** Blocks the main thread this long in every 100 ms, as a busy screen would. */
  busyMs?: number;
  /** Says only how many replies and other outcomes there were, at the end. */
  quiet?: boolean;
}

const { backend, witnesses, busyMs = 0, quiet = false, ...plan }: DriverPlan = JSON.parse(process.argv[2]!);
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
const origin = clockOrigin();
const counts = { replies: 0, others: 0 };
const count = (samples: readonly Sample[]) => {
  for (const { outcome } of samples) counts[outcome.kind === 'reply' ? 'replies' : 'others']++;
};
const echoes = [icmpDatagram, icmpRaw].find(({ name }) => name === backend)!;
const clock = witnesses?.clock && clocksOf(witnesses.clock);
const prober = await (witnesses ? withWitnesses(echoes, { ...witnesses, clock })! : echoes).open(
  { ...plan, origin, options: {} },
  {
    emit: samples => (quiet ? count(samples) : say({ samples })),
    notice: notice => say({ notice }),
    fail: error => say({ failed: error.message }),
  },
);
say({ open: Date.now() });

const busy = setInterval(
  () => {
    const end = performance.now() + busyMs;
    while (performance.now() < end);
  },
  busyMs > 0 ? 100 : 1000,
);
const input = createInterface({ input: process.stdin });
input.on('line', line => {
  const [method, ...values] = JSON.parse(line) as [ProberOrder, ...never[]];
  (prober[method] as (...values: never[]) => void)(...values);
});
input.on('close', async () => {
  clearInterval(busy);
  await prober.stop();
  say({ stopped: true, counts });
});
