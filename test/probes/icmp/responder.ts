/**
 * A host of many manners behind a tun device: `responder.js DEVICE`. How it answers an echo request depends on the
 * last byte of the address asked, see MANNERS. Shares no code with the prober.
 */
import { openSync, read, writeSync } from 'node:fs';
import koffi from 'koffi';
import { MANNERS, type Manner } from './manners.js';

const LATE_MS = 1300;

/** A packet taken apart; `icmp` is header and payload. */
interface Packet {
  family: 4 | 6;
  from: Buffer;
  to: Buffer;
  icmp: Buffer;
  whole: Buffer;
}

const answers: Record<Manner, (packet: Packet) => void> = {
  plain: packet => send(reply(packet)),
  twice: packet => {
    for (let times = 0; times < 3; times++) send(reply(packet));
  },
  foreign: packet => send({ ...reply(packet), from: neighbour(packet.to, 99) }),
  late: packet => setTimeout(() => send(reply(packet)), LATE_MS),
  forgedToken: packet => send(altered(reply(packet), 8)),
  forgedSeq: packet => send(altered(reply(packet), 7)),
  unreachable: packet => send(unreachable(packet, packet.whole)),
  unreachableInBrief: packet =>
    send(unreachable(packet, packet.whole.subarray(0, headerBytes(packet.family) + 8))),
  unreachableThenReply: packet => {
    send(unreachable(packet, packet.whole));
    setTimeout(() => send(reply(packet)), 30);
  },
  silent: () => {},
};

function reply({ family, from, to, icmp, whole }: Packet): Packet {
  const answer = Buffer.from(icmp);
  answer[0] = family === 4 ? 0 : 129;
  return { family, from: to, to: from, icmp: answer, whole };
}

function unreachable({ family, from, to, whole }: Packet, quoted: Buffer): Packet {
  const head = Buffer.from(family === 4 ? [3, 1, 0, 0, 0, 0, 0, 0] : [1, 3, 0, 0, 0, 0, 0, 0]);
  return { family, from: neighbour(to, 254), to: from, icmp: Buffer.concat([head, quoted]), whole };
}

function altered(packet: Packet, byte: number): Packet {
  packet.icmp[byte]! ^= 1;
  return packet;
}

function neighbour(address: Buffer, last: number): Buffer {
  return Buffer.concat([address.subarray(0, -1), Buffer.of(last)]);
}

function headerBytes(family: 4 | 6): number {
  return family === 4 ? 20 : 40;
}

function parse(packet: Buffer): Packet | undefined {
  const family = packet[0]! >> 4;
  if (family === 4 && packet[9] === 1 && packet[20] === 8)
    return {
      family,
      from: packet.subarray(12, 16),
      to: packet.subarray(16, 20),
      icmp: packet.subarray(20),
      whole: packet,
    };
  if (family === 6 && packet[6] === 58 && packet[40] === 128)
    return {
      family,
      from: packet.subarray(8, 24),
      to: packet.subarray(24, 40),
      icmp: packet.subarray(40),
      whole: packet,
    };
  return undefined;
}

function send({ family, from, to, icmp }: Packet): void {
  icmp.writeUInt16BE(0, 2);
  const pseudo = Buffer.concat([from, to, Buffer.of(0, 0, 0, icmp.length, 0, 0, 0, 58)]);
  icmp.writeUInt16BE(onesComplement(family === 4 ? icmp : Buffer.concat([pseudo, icmp])), 2);
  const head = Buffer.alloc(headerBytes(family));
  if (family === 4) {
    head.set([0x45, 0, 0, head.length + icmp.length, 0, 0, 0, 0, 61, 1]);
    head.set([...from, ...to], 12);
    head.writeUInt16BE(onesComplement(head), 10);
  } else {
    head.set([0x60, 0, 0, 0, 0, icmp.length, 58, 61]);
    head.set([...from, ...to], 8);
  }
  writeSync(device, Buffer.concat([head, icmp]));
}

function onesComplement(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum = (sum + data.readUInt16BE(at)) % 0xffff;
  return 0xffff - sum;
}

function open(name: string): number {
  const TUNSETIFF = 0x400454ca;
  const IFF_TUN_NO_PI = 0x1001;
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name);
  request.writeUInt16LE(IFF_TUN_NO_PI, 16);
  const ioctl = koffi.load(null).func('int ioctl(int, unsigned long, void *)');
  if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`no tun device ${name}: errno ${koffi.errno()}`);
  return fd;
}

function listen(): void {
  const buffer = Buffer.alloc(2048);
  read(device, buffer, 0, buffer.length, null, (error, length) => {
    if (error) throw error;
    const packet = parse(Buffer.from(buffer.subarray(0, length)));
    const manner = Object.entries(MANNERS).find(([, byte]) => byte === packet?.to.at(-1));
    if (manner) answers[manner[0] as Manner](packet!);
    listen();
  });
}

const device = open(process.argv[2]!);
listen();
console.log('ready');
process.stdin.resume().on('end', () => process.exit());
