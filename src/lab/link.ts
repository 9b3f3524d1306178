import { closeSync, openSync, read, write } from 'node:fs';
import koffi from 'koffi';
import { type Random, seeded } from '../core/statistics/random.js';
import { CLEAN, type LinkSettings } from './link-settings.js';
import { ipv4Of, isIcmpRequest, Policer } from './packet.js';

/** A userspace Ethernet cable between two tap devices, for kernels that lack netem. */
class Link {
  settings = CLEAN;
  private held: (() => void)[] = [];
  private readonly policer = new Policer();

  constructor(
    a: number,
    b: number,
    private readonly random: Random,
  ) {
    this.pump(a, b);
    this.pump(b, a);
  }

  set(change: Partial<LinkSettings>): void {
    this.settings = { ...this.settings, ...change };
    if (this.settings.hold) return;
    for (const send of this.held.splice(0)) send();
  }

  private pump(from: number, to: number): void {
    const buffer = Buffer.alloc(65536);
    read(from, buffer, 0, buffer.length, null, (error, length) => {
      if (error) throw new Error('a tap device was removed', { cause: error });
      const frame = Buffer.from(buffer.subarray(0, length));
      if (!this.filters(frame)) this.carry(() => write(to, frame, () => {}), this.detour(frame));
      this.pump(from, to);
    });
  }

  /** Whether a filter or a policer on the way drops the frame. */
  private filters(frame: Buffer): boolean {
    const { dropsStamps, icmpPerSecond } = this.settings;
    if (dropsStamps && isIcmpRequest(frame, ['timestamp'])) return true;
    if (icmpPerSecond === 0 || !isIcmpRequest(frame, ['echo', 'timestamp'])) return false;
    return !this.policer.passes(icmpPerSecond, performance.now());
  }

  private detour(frame: Buffer): number {
    return Math.max(0, ...ipv4Of(frame).map(address => this.settings.detours[address] ?? 0));
  }

  private carry(send: () => void, detourMs: number): void {
    const { settings, random } = this;
    if (settings.cut || random() * 100 < settings.lossPercent) return;
    if (settings.hold) {
      this.held.push(send);
      return;
    }
    const tail = random() * 100 < settings.tailPercent ? random() * settings.tailMs : 0;
    const delay = settings.delayMs + detourMs - Math.log(1 - random()) * settings.jitterMs + tail;
    sendAt(performance.now() + delay, send);
  }
}

/** A timer is up to 1 ms early or late, so it covers most of the time; the rest is a busy loop of event-loop turns. */
function sendAt(due: number, send: () => void): void {
  const left = due - performance.now();
  if (left <= 0) send();
  else if (left > 2) setTimeout(sendAt, left - 1, due, send);
  else setImmediate(sendAt, due, send);
}

/** Opens, and thereby creates, a tap device in the current namespace. */
function openTap(name: string): number {
  const TUNSETIFF = 0x400454ca;
  const IFF_TAP_NO_PI = 0x1002;
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(name);
  request.writeUInt16LE(IFF_TAP_NO_PI, 16);
  const ioctl = koffi.load('libc.so.6').func('int ioctl(int, unsigned long, void *)');
  if (ioctl(fd, TUNSETIFF, request) === 0) return fd;
  closeSync(fd);
  throw new Error(`can't open the tap device ${name}: errno ${koffi.errno()}`);
}

// Run as a program: `link.js TAP TAP [SETTINGS]`, then one JSON object of changed settings a line on stdin.
const [first, second, settings = '{}'] = process.argv.slice(2);
const link = new Link(openTap(first!), openTap(second!), seeded(1));
link.set(JSON.parse(settings));
console.log('ready');
let pending = '';
process.stdin.setEncoding('utf8').on('data', text => {
  const lines = (pending + text).split('\n');
  pending = lines.pop()!;
  for (const line of lines) link.set(JSON.parse(line));
});
// Only a signal ends the two pending reads of the taps.
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
