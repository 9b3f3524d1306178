/**
 * How late probes leave when 1,000 targets are probed at 10 Hz: the capture against the plan. The plan's start is the
 * latest one by which no probe left early, so that the least late probe counts as on time.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Drive } from '../probes/icmp/drive.js';
import { join, Namespace } from '../support/namespace.js';
import { crowd } from './cpu.js';
import { capture, quantile } from './pcap.js';
import type { Row } from './row.js';

const TARGETS = 1000;
const INTERVAL_MS = 100;
const SECONDS = 10;
const WORST_MS = 20;

/** Needs root and tcpdump. */
export async function schedule(): Promise<Row[]> {
  const here = await Namespace.create();
  const there = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  join(here, there, 'plan', 64);
  const hosts = crowd(here, there, 64, TARGETS);
  const targets = hosts.map((address, index) => ({
    id: address,
    address,
    family: 4 as const,
    phaseMs: (index * INTERVAL_MS) / TARGETS,
  }));
  const phases = new Map(targets.map(({ address, phaseMs }) => [address, phaseMs]));
  let seconds = 0;
  let lost = 0;
  const packets = await capture(here, 'plan', async () => {
    const begun = performance.now();
    const drive = await Drive.start(
      { backend: 'icmp-datagram', targets, intervalMs: INTERVAL_MS, timeoutMs: 1000 },
      here,
    );
    await wait(SECONDS * 1000);
    await drive.stop();
    seconds = (performance.now() - begun) / 1000;
    lost = drive.outcomes('lost').length;
  });
  here.close();
  there.close();
  const sent = packets.filter(({ reply }) => !reply);
  const lateness = latenessOf(sent.map(({ at, host }) => at - phases.get(host)!));
  const p99 = quantile(lateness, 0.99);
  const most = (TARGETS * SECONDS * 1000) / INTERVAL_MS;
  return [
    {
      figure: `lateness of ${TARGETS} targets’ probes at ${1000 / INTERVAL_MS} Hz`,
      measured:
        `median ${quantile(lateness, 0.5).toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ` +
        `${sent.length} sent and ${lost} lost in ${seconds.toFixed(1)} s`,
      target: `p99 ≤ ${WORST_MS} ms, no slot missed`,
      ok: p99 <= WORST_MS && sent.length >= most * 0.99 && lost === 0,
    },
  ];
}

/** How late each moment is in its slot, the slots beginning where none of a run is early. */
function latenessOf(moments: readonly number[]): number[] {
  const middle = moments[moments.length >> 1]!;
  const offsets = moments.map(at => {
    const offset = (at - middle) % INTERVAL_MS;
    return offset - INTERVAL_MS * Math.round(offset / INTERVAL_MS);
  });
  const start = offsets.reduce((least, offset) => Math.min(least, offset), Infinity);
  return offsets.map(offset => offset - start);
}
