/** The processor time of probing 100 targets at 10 Hz, ours and fping's, at the same time on the same paths. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { Headless, type Line } from '../support/headless.js';
import { join, Namespace } from '../support/namespace.js';
import { fping } from './fping.js';
import type { Row } from './row.js';

const TARGETS = 100;
const INTERVAL_MS = 100;
const SECONDS = 20;
const WARM_UP_MS = 5000;
/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

/** User and system time of a process so far, its threads included, in ms. */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Gives the far end of a link `count` addresses, 10.NET.1.1 and on, known to the near end. */
export function crowd(here: Namespace, there: Namespace, net: number, count: number): string[] {
  const hosts = Array.from(
    { length: count },
    (_, index) => `10.${net}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
  );
  there.run(`ip route add local 10.${net}.0.0/16 dev lo`);
  here.run(`ip route add 10.${net}.0.0/16 via 10.${net}.0.2`);
  return hosts;
}

/** Needs root and fping. Echoes only, for the same packets: the clock's requests would be as many again. */
export async function cpu(): Promise<Row[]> {
  const here = await Namespace.create();
  const there = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  join(here, there, 'cpu', 63);
  const hosts = crowd(here, there, 63, TARGETS);
  const peer = fping(here, hosts, INTERVAL_MS);
  const ours = Headless.start(['-i', `${INTERVAL_MS}ms`, '--witness', 'none', ...hosts], command =>
    here.inside(command),
  );
  await wait(WARM_UP_MS);
  const [before, peerBefore] = [cpuTime(ours.child.pid!), cpuTime(peer.pid)];
  await wait(SECONDS * 1000);
  const [mine, theirs] = [cpuTime(ours.child.pid!) - before, cpuTime(peer.pid) - peerBefore];
  peer.stop();
  await ours.end();
  here.close();
  there.close();
  const replies = sum(ours.of('summary')[0]!.targets.map((target: Line) => target.received));
  const lost = sum(ours.of('summary')[0]!.targets.map((target: Line) => target.lost));
  // fping falls behind its schedule a little: its time for as many packets as ours.
  const same = (theirs * replies) / peer.replies.length;
  const percent = (ms: number) => `${(ms / SECONDS / 10).toFixed(1)} %`;
  return [
    {
      figure: `CPU of ${TARGETS} targets at ${1000 / INTERVAL_MS} Hz, detectors and judge included`,
      measured: `${percent(mine)} of a core; fping ${percent(same)} for as many (${replies} and ${peer.replies.length} replies)`,
      target: 'not above fping’s',
      ok: mine <= same && lost === 0 && replies >= 0.95 * TARGETS * SECONDS * (1000 / INTERVAL_MS),
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
