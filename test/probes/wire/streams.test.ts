import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Assembly } from '../../../probes/wire/assembly.js';
import type { StreamOptions } from '../../../probes/wire/streams.js';
import type { WireStream } from '../../../src/core/wire/stream.js';
import { streamWords } from '../../../src/core/wire/words.js';
import { ethernet, FIN, ipv4, type PacketSpec, SYN } from '../../support/frames.js';

const test = suite('wire: streams');

const T = Date.UTC(2026, 10, 22);
const MEGA = 400_000;

/** The streams of these packets. */
function streamsOf(packets: readonly PacketSpec[], options: StreamOptions = {}): WireStream[] {
  const streams: WireStream[] = [];
  const assembly = new Assembly(options, stream => void streams.push(stream));
  for (const packet of packets) {
    const bytes = ethernet(ipv4(packet));
    assembly.frame({ at: T + (packet.at ?? 0), link: 1, bytes, length: bytes.length });
  }
  assembly.end();
  return streams;
}

/** A connection whose client begins with this and then sends so many bytes. */
function connection(
  opening: Uint8Array,
  {
    size = MEGA,
    from = ['10.0.0.1', 40_000] as [string, number],
    to = ['10.0.0.2', 49_152] as [string, number],
    answer = Buffer.alloc(0) as Uint8Array,
    base = 4_294_967_000,
    fill = 0xa5,
  } = {},
): PacketSpec[] {
  const packets: PacketSpec[] = [
    { at: 0, from, to, sequence: base - 1, flags: SYN },
    { at: 1, from, to, sequence: base, payload: opening },
  ];
  if (answer.length > 0) packets.push({ at: 2, from: to, to: from, sequence: 5, payload: answer });
  for (let sent = opening.length; sent < size; sent += 1400)
    packets.push({
      ...{ at: 10 + sent / 1000, from, to, sequence: base + sent },
      payload: Buffer.alloc(Math.min(1400, size - sent), fill),
    });
  packets.push({ at: 10 + size / 1000, from, to, sequence: base + size, flags: FIN });
  return packets;
}

const header = Buffer.from('QEVM\0\0\0\x03\x07\0\0\0\x08pc-q35-x', 'latin1');

test('bytes are counted by sequence numbers: lost, repeated and reordered frames change nothing', () => {
  const all = connection(header);
  const [whole] = streamsOf(all);
  assert.is(whole!.bytes, MEGA);
  assert.is(whole!.migration, 'yes');
  const thinned = all.filter((_, index) => index < 3 || index % 7 === 0 || index > all.length - 3);
  assert.is(streamsOf(thinned)[0]!.bytes, MEGA);
  const repeated = all.slice(0, -1).flatMap(packet => [packet, packet]);
  assert.is(streamsOf(repeated)[0]!.bytes, MEGA);
  const swapped = [...all];
  [swapped[1], swapped[2]] = [all[2]!, all[1]!];
  assert.is(streamsOf(swapped)[0]!.bytes, MEGA);
  assert.equal(streamsOf(swapped)[0]!.details, whole!.details);
});

test('a stream whose first bytes were not seen is unknown, with its entropy and the reason', () => {
  const random = Buffer.concat(
    Array.from({ length: 128 }, (_, n) => createHash('sha256').update(String(n)).digest()),
  );
  const packets = connection(random, { size: 4096 }).slice(1);
  const [stream] = streamsOf(packets);
  assert.is(stream!.protocol, 'unknown');
  assert.is(stream!.migration, 'no');
  assert.match(stream!.details.join(' · '), /entropy (?:7\.9|8\.0) of 8 bits.*it began before the capture/);
});

test('an unknown protocol on a migration port is no migration', () => {
  const [stream] = streamsOf(connection(Buffer.from('\x93random', 'latin1')));
  assert.is(stream!.migration, 'no');
  assert.match(stream!.details.join(' '), /first bytes are of no known protocol/);
});

test('pages of a QEMU stream that began before the capture make it likely', () => {
  const pages = Buffer.concat(
    Array.from({ length: 150 }, (_, page) => {
      const record = Buffer.alloc(9);
      record.writeUInt32BE((page << 12) | 0x22, 4);
      return record;
    }),
  );
  const [stream] = streamsOf(connection(pages, { size: pages.length }).slice(1));
  assert.is(stream!.migration, 'likely');
  assert.match(stream!.why, /memory pages/);
});

test('a canary is found across the border of two segments, once for a repeated one, with its offset', () => {
  const canary = Buffer.from('needle in the guest');
  const text = Buffer.concat([header, Buffer.alloc(1000), canary, Buffer.alloc(5000)]);
  const cut = header.length + 1005;
  const base = 1000;
  const send = (from: number, to: number, at: number): PacketSpec => ({
    ...{ at, sequence: base + from },
    payload: text.subarray(from, to),
  });
  const packets = [
    { at: 0, sequence: base - 1, flags: SYN },
    ...[send(0, cut, 1), send(cut, 3000, 2), send(cut, 3000, 3), send(3000, text.length, 4)],
  ];
  const [stream] = streamsOf(packets, { canary });
  assert.equal(stream!.canary, { count: 1, places: [header.length + 1000] });
  assert.is(stream!.revealed, undefined);
  const revealed = streamsOf(packets, { canary, reveal: true })[0]!.revealed!;
  assert.ok(revealed.length <= 4 * 64);
});

test('the words of a stream are those of an event', () => {
  const [stream] = streamsOf(connection(header), { canary: Buffer.from('not there') });
  assert.is(streamWords(stream!), '400 kB in 409 ms, in clear, readable (canary not found)');
});

test('channels that wait for others of their streams are bounded: a capture of many connections takes little memory', () => {
  const RST = 4;
  const channel = Buffer.alloc(64);
  channel.writeUInt32BE(0x11223344, 0);
  channel.writeUInt32BE(1, 4);
  let reported = 0;
  const assembly = new Assembly({}, ({ channels }) => {
    reported += channels;
  });
  const take = (packet: PacketSpec) => {
    const bytes = ethernet(ipv4(packet));
    assembly.frame({ at: T, link: 1, bytes, length: bytes.length });
  };
  const [ends, each] = [40, 60];
  for (let end = 0; end < ends; end++)
    for (let port = 0; port <= each; port++) {
      const from: [string, number] = [`10.0.1.${end}`, 40_000 + port];
      take({ from, flags: SYN, sequence: 0 });
      take({ from, payload: channel });
      // The first one stays open.
      if (port > 0) take({ from, flags: RST, sequence: 65 });
    }
  assert.ok(ends * each - reported <= 1024, `${ends * each - reported} channels wait`);
  assembly.end();
  assert.is(reported, ends * (each + 1));
});

test('the channels of a migration are one stream', () => {
  const channel = Buffer.alloc(64);
  channel.writeUInt32BE(0x11223344, 0);
  channel.writeUInt32BE(1, 4);
  const flows = [
    connection(header, { size: 20_000 }),
    connection(channel, { from: ['10.0.0.1', 40_001] }),
    connection(channel, { from: ['10.0.0.1', 40_002] }),
  ];
  const packets = flows.flat().sort((a, b) => a.at! - b.at!);
  const streams = streamsOf(packets);
  assert.is(streams.length, 1);
  assert.is(streams[0]!.channels, 3);
  assert.is(streams[0]!.bytes, 2 * MEGA + 20_000);
  assert.is(streams[0]!.protocol, 'qemu');
});

/** A ClientHello without extensions other than these. */
function clientHello(extensions: Uint8Array = new Uint8Array()): Buffer {
  const list = Buffer.alloc(2);
  list.writeUInt16BE(extensions.length);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0, 0, 2, 0x13, 1, 1, 0]),
    list,
    extensions,
  ]);
  const head = Buffer.from([22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length]);
  return Buffer.concat([head, body]);
}
const ALPN = Buffer.from([0, 16, 0, 5, 0, 3, 2, 0x68, 0x32]);

test('bulk data over TLS is likely a migration, unless its port, direction or ALPN say otherwise', () => {
  const answerTo = (packets: PacketSpec[], options?: StreamOptions) => streamsOf(packets, options)[0]!;
  assert.is(answerTo(connection(clientHello())).migration, 'likely');
  assert.is(answerTo(connection(clientHello(), { to: ['10.0.0.2', 443] })).migration, 'no');
  const https = answerTo(connection(clientHello(ALPN)));
  assert.is(https.migration, 'no');
  assert.match(https.details.join(' '), /HTTPS.*ALPN h2/);
  assert.is(answerTo(connection(clientHello(), { size: 100_000 })).migration, 'no');
  const download = connection(clientHello(), { size: 200 }).concat(
    Array.from({ length: 300 }, (_, n) => ({
      ...{
        at: 20 + n,
        from: ['10.0.0.2', 49_152] as [string, number],
        to: ['10.0.0.1', 40_000] as [string, number],
      },
      ...{ sequence: 5 + 1400 * n, payload: Buffer.alloc(1400, 7) },
    })),
  );
  assert.match(answerTo(download).why, /download/);
});

test('bulk data through SSH, ESP or WireGuard is likely a migration only between hypervisors that were named', () => {
  const hosts = new Set(['10.0.0.1', '10.0.0.2']);
  const ssh = connection(Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), { to: ['10.0.0.2', 22] });
  const tunnel = (protocol: number, port: number, payload: Buffer): PacketSpec[] =>
    Array.from({ length: 700 }, (_, n) => ({
      ...{ at: n, protocol, from: ['10.0.0.1', port], to: ['10.0.0.2', port], payload },
    }));
  const esp = Buffer.alloc(1408, 0x5a);
  esp.writeUInt32BE(0xc0ffee01, 0);
  esp.writeUInt32BE(77, 4);
  const wireguard = Buffer.alloc(1408, 0x5a);
  wireguard.writeUInt32BE(0x04000000, 0);
  const kinds: [string, PacketSpec[]][] = [
    ['ssh', ssh],
    ['esp', tunnel(50, 0, esp)],
    ['esp', tunnel(17, 4500, esp)],
    ['wireguard', tunnel(17, 51_820, wireguard)],
  ];
  for (const [protection, packets] of kinds) {
    const [stream] = streamsOf(packets);
    assert.is(stream!.protection, protection);
    assert.is(stream!.migration, 'no', protection);
    assert.is(streamsOf(packets, { hosts })[0]!.migration, 'likely', protection);
  }
  assert.match(streamsOf(kinds[1]![1])[0]!.details.join(' '), /ESP SPI 0xc0ffee01 from sequence 77/);
});

test('IKE, keepalives and other UDP are no streams', () => {
  const ike = Buffer.alloc(1400);
  for (const payload of [ike, Buffer.from([0xff]), Buffer.from('dns')])
    assert.equal(
      streamsOf([{ protocol: 17, from: ['10.0.0.1', 4500], to: ['10.0.0.2', 4500], payload }]),
      [],
    );
});

test('a tunnel that stays open carries one stream after the other', () => {
  const payload = Buffer.alloc(1408, 1);
  payload.writeUInt32BE(0x04000000, 0);
  const burst = (at: number): PacketSpec[] =>
    Array.from({ length: 400 }, (_, n) => ({
      ...{ at: at + n, protocol: 17, from: ['10.0.0.1', 51_820], to: ['10.0.0.2', 51_820], payload },
    }));
  const streams = streamsOf([...burst(0), ...burst(60_000)]);
  assert.equal(
    streams.map(({ startedAt, endedAt, bytes }) => [startedAt - T, endedAt - T, bytes]),
    [
      [0, 399, 400 * 1408],
      [60_000, 60_399, 400 * 1408],
    ],
  );
});

test('a flood of connections stays within bounds, and the migration among them is found', () => {
  const main = connection(header);
  const flood = Array.from(
    { length: 20_000 },
    (_, n): PacketSpec => ({
      ...{
        at: 5 + n / 1000,
        from: [`10.1.${n >> 8}.${n & 255}`, 1000 + (n % 60_000)],
        sequence: n,
        flags: SYN,
      },
    }),
  );
  const packets = [...main.slice(0, 3), ...flood, ...main.slice(3)];
  const found = streamsOf(packets).filter(({ migration }) => migration === 'yes');
  assert.is(found.length, 1);
});

test.run();
