/**
 * How far our RTTs, and fping's, are from an ns-precision capture of the same packets, while our main thread blocks
 * 15 ms in every 100 ms as a busy screen does. All samples count, whoever stamped them.
 * fping prints three significant digits: 1 µs below 1 ms, 100 µs above 10 ms; its error includes that.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Drive } from '../probes/icmp/drive.js';
import { cable } from '../support/cable.js';
import { join, Namespace } from '../support/namespace.js';
import { fping } from './fping.js';
import { capture, quantile, roundTrips } from './pcap.js';
import type { Row } from './row.js';

const INTERVAL_MS = 10;
const SECONDS = 20;
const BUSY_MS = 15;

/** Needs root, tcpdump and fping. */
export async function rtt(): Promise<Row[]> {
  const rows: Row[] = [];
  const here = await Namespace.create();
  const there = await Namespace.create();
  here.run('sysctl -qw net.ipv4.ping_group_range=0\t2147483647');
  join(here, there, 'plain', 61);
  const slow = await cable(here, there, 'slow', 62, { delayMs: 6.25 });
  for (const backend of ['icmp-datagram', 'icmp-raw'] as const) {
    rows.push(...(await compare(`${backend}, veth`, backend, here, 'plain', '10.61.0.2')));
    rows.push(...(await compare(`${backend}, 12.5 ms`, backend, here, 'slowa', '10.62.0.2')));
  }
  slow.close();
  here.close();
  there.close();
  return rows;
}

async function compare(
  what: string,
  backend: 'icmp-datagram' | 'icmp-raw',
  here: Namespace,
  device: string,
  address: string,
): Promise<Row[]> {
  const ours: { seq: number; rttMs: number; stamp: string | undefined }[] = [];
  let peer: ReturnType<typeof fping>;
  const packets = await capture(here, device, async () => {
    peer = fping(here, [address], INTERVAL_MS);
    const targets = [{ id: 'peer', address, family: 4 as const, phaseMs: 5 }];
    const drive = await Drive.start(
      { backend, targets, intervalMs: INTERVAL_MS, timeoutMs: 1000, busyMs: BUSY_MS },
      here,
    );
    await wait(SECONDS * 1000);
    peer.stop();
    await drive.stop();
    for (const { seq, outcome } of drive.of())
      if (outcome.kind === 'reply') ours.push({ seq, rttMs: outcome.rttMs, stamp: outcome.stamp });
  });
  const peerId = peer!.pid & 0xffff;
  const trips = roundTrips(packets);
  const ourId = packets.find(({ id }) => id !== peerId)?.id;
  const errors = (id: number | undefined, samples: readonly { seq: number; rttMs: number }[]) =>
    samples.flatMap(({ seq, rttMs }) => {
      const truth = trips.get(`${address} ${id} ${seq & 0xffff}`);
      return truth === undefined ? [] : [Math.abs(rttMs - truth) * 1000];
    });
  const [mine, theirs] = [errors(ourId, ours), errors(peerId, peer!.replies)];
  const [median, p99, peerMedian] = [quantile(mine, 0.5), quantile(mine, 0.99), quantile(theirs, 0.5)];
  const kernel = ours.filter(({ stamp }) => stamp === 'kernel').length;
  return [
    {
      figure: `RTT error against the capture: ${what}`,
      measured:
        `median ${median.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs of ${mine.length}/${ours.length} samples, ` +
        `${kernel} stamped by the kernel, RTT ${quantile([...trips.values()], 0.5).toFixed(3)} ms`,
      target: 'median ≤ 10 µs, p99 ≤ 50 µs',
      ok: mine.length > 0 && mine.length === ours.length && median <= 10 && p99 <= 50,
    },
    {
      figure: `closer than fping: ${what}`,
      measured:
        `${(peerMedian / median).toFixed(1)} × (fping: median ${peerMedian.toFixed(1)} µs, ` +
        `p99 ${quantile(theirs, 0.99).toFixed(1)} µs of ${theirs.length})`,
      target: '≥ 3 × in the median',
      ok: theirs.length > 0 && peerMedian >= 3 * median,
    },
  ];
}
