/**
 * A monitor whose targets come, go and change their addresses, at random and without rest, for as many minutes as
 * CHURN_MINUTES says: whether it lives, to whom it sends, and what it takes.
 */
import { Churn } from '../support/churn.js';
import type { Row } from './row.js';

const MINUTES = Number(process.env.CHURN_MINUTES ?? 1);
const SEED = Number(process.env.MIGWATCH_SEED ?? Date.now() % 1e6);
const REPORT_EVERY_MS = 30_000;
const DISTURB_EVERY_MS = 4000;
/** Until every kind of target was there, and the heap has its size. */
const SETTLED = 0.25;
const MAX_GROWTH_MB = 20;

interface Vitals {
  rssMb: number;
  descriptors: number;
}

/** Needs root, tcpdump and dnsmasq. */
export async function churn(): Promise<Row[]> {
  const begun = performance.now();
  const share = () => (performance.now() - begun) / (MINUTES * 60_000);
  const world = await Churn.start({ seed: SEED, names: true });
  const seen: Vitals[] = [];
  let settled: Vitals | undefined;
  let crash: string | undefined;
  try {
    for (let report = 0, disturbance = 0; share() < 1; ) {
      await world.reread();
      const now = performance.now();
      if (now > disturbance) world.disturb();
      if (now > disturbance) disturbance = now + DISTURB_EVERY_MS;
      if (now < report) continue;
      report = now + REPORT_EVERY_MS;
      seen.push(world.vitals());
      if (share() > SETTLED) settled ??= seen.at(-1);
      tell(world, seen.at(-1)!, now - begun);
    }
    await world.settle();
    seen.push(world.vitals());
    tell(world, seen.at(-1)!, performance.now() - begun);
  } catch (error) {
    crash = (error as Error).message;
  }
  await world.end();
  const what = `targets that come and go, ${MINUTES} minutes, seed ${SEED}`;
  return [
    {
      figure: what,
      measured: crash ?? `${world.rereads} lists of 60 targets, no crash`,
      target: 'no crash',
      ok: crash === undefined,
    },
    {
      figure: 'the same: packets to an address that was not named then',
      measured: `${world.wrong.length} of ${world.seen}, and ${world.missed} not captured${world.wrong.slice(0, 3).map(each => `; ${each}`)}`,
      target: 'none',
      ok: world.wrong.length === 0,
    },
    ...(settled ? [grown(settled, seen.at(-1)!)] : []),
  ];
}

function grown(from: Vitals, to: Vitals): Row {
  return {
    figure: 'the same: resident memory, descriptors, from a quarter on',
    measured: `${from.rssMb.toFixed(0)} to ${to.rssMb.toFixed(0)} MB, ${from.descriptors} to ${to.descriptors}`,
    target: `flat within ${MAX_GROWTH_MB} MB`,
    ok: to.rssMb - from.rssMb <= MAX_GROWTH_MB,
  };
}

function tell(world: Churn, { rssMb, descriptors }: Vitals, ms: number): void {
  console.error(
    `${(ms / 60_000).toFixed(1)} min: ${world.rereads} lists, ${world.seen} packets, ${world.wrong.length} wrong, ` +
      `${rssMb.toFixed(1)} MB, ${descriptors} descriptors`,
  );
}
