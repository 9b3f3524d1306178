/** Reads what tcpdump captured with nanosecond stamps, and runs it: the benchmarks' witness. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from '../support/namespace.js';

const NANOSECOND_MAGIC = 0xa1b23c4d;
const GLOBAL_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const IPV4 = 20;

/** An echo request or reply over IPv4. */
export interface EchoPacket {
  /** Milliseconds since the epoch's last whole 2^20 seconds, so that a double holds nanoseconds. */
  at: number;
  reply: boolean;
  /** The address asked. */
  host: string;
  id: number;
  wireSeq: number;
}

/** Reads a little-endian pcap file of Ethernet frames. Throws when it is another. */
export function readPcap(file: Buffer): EchoPacket[] {
  if (file.readUInt32LE(0) !== NANOSECOND_MAGIC) throw new Error('not a pcap file with nanosecond stamps');
  const packets: EchoPacket[] = [];
  for (let at = GLOBAL_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    const packet = readFrame(frame);
    const seconds = file.readUInt32LE(at) % 2 ** 20;
    if (packet) packets.push({ at: seconds * 1000 + file.readUInt32LE(at + 4) / 1e6, ...packet });
    at += RECORD_HEADER + length;
  }
  return packets;
}

function readFrame(frame: Buffer): Omit<EchoPacket, 'at'> | undefined {
  if (frame.length < ETHERNET + IPV4 + 8 || frame.readUInt16BE(12) !== 0x0800 || frame[ETHERNET + 9] !== 1)
    return undefined;
  const type = frame[ETHERNET + IPV4];
  if (type !== 8 && type !== 0) return undefined;
  const reply = type === 0;
  const host = [...frame.subarray(ETHERNET + (reply ? 12 : 16)).subarray(0, 4)].join('.');
  return {
    reply,
    host,
    id: frame.readUInt16BE(ETHERNET + IPV4 + 4),
    wireSeq: frame.readUInt16BE(ETHERNET + IPV4 + 6),
  };
}

/** Captures a device's echo packets in a namespace while `body` runs. Throws when the kernel dropped any. */
export async function capture(
  inside: Namespace,
  device: string,
  body: () => Promise<void>,
): Promise<EchoPacket[]> {
  const folder = mkdtempSync(join(tmpdir(), 'migwatch-bench-'));
  const file = join(folder, 'capture.pcap');
  const options = [
    '-i',
    device,
    '-s',
    '64',
    '-B',
    '16384',
    '--time-stamp-precision=nano',
    '-Z',
    'root',
    '-w',
    file,
    'icmp',
  ];
  const tcpdump = inside.spawn(['tcpdump', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const listening = new Promise<void>(done =>
    tcpdump.stderr!.on('data', text => {
      said += text;
      if (/listening on/.test(said)) done();
    }),
  );
  await Promise.race([listening, once(tcpdump, 'close')]);
  try {
    await body();
    await new Promise(done => setTimeout(done, 1500));
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'close');
    if (!/^0 packets dropped by kernel/m.test(said)) throw new Error(`the capture is not whole: ${said}`);
    return readPcap(readFileSync(file));
  } finally {
    tcpdump.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

/** RTTs in ms by `HOST ID SEQ`, of the first reply to each request. */
export function roundTrips(packets: readonly EchoPacket[]): Map<string, number> {
  const sent = new Map<string, number>();
  const trips = new Map<string, number>();
  for (const { at, reply, host, id, wireSeq } of packets) {
    const key = `${host} ${id} ${wireSeq}`;
    if (!reply) sent.set(key, at);
    else if (sent.has(key) && !trips.has(key)) trips.set(key, at - sent.get(key)!);
  }
  return trips;
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
