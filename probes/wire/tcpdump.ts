/**
 * Captures by the system's tcpdump as a child. The filter and the snap length are ours: TCP, ESP and what may be a tunnel in
 * UDP, and of each frame what an Ethernet carries. tcpdump gives up root by itself (-Z) once its socket is open.
 *
 * tcpdump takes frames from the kernel up to a second late, in blocks, and writes each at once (-U): its flush by SIGUSR2 damages
 * a capture whose frame is being written. SIGUSR1 makes it write its statistics. The time stamps of frames are the kernel's, so
 * that nothing of this is in the figures.
 *
 * Reference: tcpdump(8), pcap-filter(7).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Millis } from '../../src/core/sample.js';
import { endChild, howEnded } from '../../src/system/child-process.js';
import { takeLines } from '../../src/system/text-lines.js';
import type { Permission } from '../prober.js';
import type { CapturePorts } from './capture/frame.js';
import { CaptureReader } from './capture/reader.js';
import type { WireSpec } from './spec.js';

/** An Ethernet frame with tags. The kernel may hand several over as one, of which only the beginning is copied then. */
const SNAP_LENGTH = 1600;
/** To search for a text, frames are captured whole. */
const WHOLE = 65_536;
/** KiB of the kernel's buffer: half a second at 1 Gbit/s. */
const KERNEL_BUFFER = 65_536;
const STATISTICS_MS: Millis = 1000;
/** How late a frame can be. */
const BLOCK_MS: Millis = 1100;
const STOP_TIMEOUT_MS: Millis = 2000;
const MAX_LINE = 1000;
const MAX_ERRORS = 5;

const OF_INTEREST =
  '(tcp or proto 50 or ip6 proto 50 or (udp and (port 4500 or udp[8:4] & 0x00ffffff = 0)) or (ip6 and udp and (ip6[48:4] & 0x00ffffff = 0)))';

/** Receives what a capture brings. */
export interface CaptureEnds extends CapturePorts {
  /** The capture has begun. */
  ready(): void;
  /** The capture ended by itself: called once, and nothing is called after it. */
  ended(error: Error): void;
}

/** A capture that runs. */
export class LiveCapture {
  private readonly child: ChildProcess;
  private readonly gone: Promise<unknown>;
  private readonly reader: CaptureReader;
  private readonly errors: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    { device, hosts }: WireSpec,
    private readonly ends: CaptureEnds,
    { whole = false } = {},
  ) {
    this.reader = new CaptureReader(ends);
    const snap = String(whole ? WHOLE : SNAP_LENGTH);
    const args = ['-i', device, '-s', snap, '-B', String(KERNEL_BUFFER), '-n', '-U', '-w', '-'];
    const asRoot = process.getuid?.() === 0 ? ['-Z', 'nobody'] : [];
    this.child = spawn('tcpdump', [...args, ...asRoot, filterFor(hosts)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', PATH: pathWithSbin() },
    });
    const talk = this.child.stderr
      ? takeLines(this.child.stderr, MAX_LINE, line => this.hear(line))
      : undefined;
    this.child.stdout?.on('data', (chunk: Buffer) => this.read(chunk));
    this.gone = new Promise<string>(done => {
      this.child.once('error', error => done(error.message));
      this.child.once('close', (code, signal) => done(howEnded(code, signal)));
    }).then(async how => {
      await talk;
      this.fail(new Error(`tcpdump ended: ${this.errors.join('; ') || how}`));
    });
  }

  /** Waits for the frames that the kernel still holds, and ends the capture. */
  async stop(): Promise<void> {
    if (!this.isOver) await new Promise(done => setTimeout(done, BLOCK_MS));
    this.finish();
    const signal = (name: NodeJS.Signals) => void this.child.kill(name);
    await endChild(
      { ask: () => signal('SIGTERM'), kill: () => signal('SIGKILL'), gone: this.gone },
      STOP_TIMEOUT_MS,
    );
  }

  private read(chunk: Buffer): void {
    if (this.isOver) return;
    try {
      this.reader.push(chunk);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private hear(line: string): void {
    const drops = /(\d+) packets? dropped by kernel/.exec(line)?.[1];
    if (drops !== undefined) this.ends.drops?.(Number(drops));
    else if (/listening on /.test(line)) this.begin();
    else if (
      !/^\d+ packets? |^tcpdump: \d+ packets? |snapshot length|dropped privs/.test(line) &&
      this.errors.length < MAX_ERRORS
    )
      this.errors.push(line.replace(/^tcpdump: /, ''));
  }

  private begin(): void {
    if (this.isOver || this.timer) return;
    this.ends.ready();
    this.timer = setInterval(() => this.child.kill('SIGUSR1'), STATISTICS_MS);
  }

  private fail(error: Error): void {
    if (this.isOver) return;
    this.finish();
    this.child.kill('SIGKILL');
    this.ends.ended(error);
  }

  private finish(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }
}

/** Whether this user may capture; tcpdump itself finds out about the device. */
export function captureCheck(): Permission {
  const program = pathWithSbin()
    .split(delimiter)
    .map(folder => join(folder, 'tcpdump'))
    .find(existsSync);
  if (program === undefined)
    return { allowed: false, reason: 'tcpdump is not installed', remedy: 'apt-get install tcpdump' };
  if (process.getuid?.() === 0) return { allowed: true };
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return { allowed: false, reason: `you may not run ${program}`, remedy: `sudo migwatch wire IFACE` };
  }
  return { allowed: false, reason: 'only root may capture', remedy: 'sudo migwatch wire IFACE' };
}

/** The hosts are numeric addresses, so that no text of a user becomes a part of the filter. */
function filterFor(hosts: readonly string[]): string {
  const between = hosts.map(host => `host ${host}`).join(' or ');
  const wanted = between === '' ? OF_INTEREST : `${OF_INTEREST} and (${between})`;
  return `${wanted} or (vlan and ${wanted})`;
}

/** tcpdump is often where only root's PATH leads. */
function pathWithSbin(): string {
  return [process.env.PATH ?? '', '/usr/sbin', '/sbin', '/usr/bin'].join(delimiter);
}
