import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Millis } from '../core/sample.js';
import { deferred } from '../system/deferred.js';
import { UP } from './guest.js';
import { killedWithParent, type Namespace } from './namespace.js';
import { Qmp } from './qmp.js';
import { sleep, unixNow, within } from './time.js';

/** How a VM runs; both ends of a migration need the same values. */
export interface MachineSpec {
  kernel: string;
  initramfs: string;
  accel: 'tcg' | 'kvm';
  /** MB of memory that the guest rewrites a second. */
  dirty: number;
  /** MB of random bytes that the guest serves as a stream. */
  clip: number;
}

/** Where a QEMU runs. */
export interface Placement {
  namespace: Namespace;
  /** An existing tap device in it. */
  tap: string;
  /** The folder of the sockets. */
  folder: string;
}

/** The course of a migration. Moments are Unix seconds. */
export interface MigrationRecord {
  start: number;
  stop: number;
  resume: number;
  total_ms: number;
  qemu_downtime_ms: number;
}

export const GUEST_MAC = '52:54:00:12:34:51';

/** A migration never converges if the guest dirties memory faster than the link transfers it. */
const CONVERGE_MS = 60_000;

let count = 0;

/** One QEMU process, whose guest is running, stopped, or about to be migrated here. */
export class Machine {
  private constructor(
    private readonly process: ChildProcess,
    readonly qmp: Qmp,
    private readonly console: ChildProcess['stdout'],
    /** The socket of an incoming migration. */
    readonly door: string,
  ) {}

  /** Starts QEMU: with `incoming` it waits for a migration, otherwise it boots the guest. */
  static async start(seat: Placement, spec: MachineSpec, { incoming = false } = {}): Promise<Machine> {
    const name = join(seat.folder, `vm${++count}`);
    const door = `unix:${name}.migration`;
    const command = [...qemu(seat.tap, spec, `${name}.qmp`), ...(incoming ? ['-incoming', door] : [])];
    const child = seat.namespace.spawn(killedWithParent(command), {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in the terminal must reach this process, not QEMU.
      detached: true,
    });
    let complaint = '';
    child.stderr!.setEncoding('utf8').on('data', text => (complaint = (complaint + text).slice(-1000)));
    try {
      const qmp = await Qmp.connect(`${name}.qmp`, () => child.exitCode === null);
      return new Machine(child, qmp, child.stdout, door);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`QEMU did not start: ${complaint.trim() || (cause as Error).message}`, { cause });
    }
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Resolves when the guest reports that it is up; call it before the guest boots. Rejects after `limitMs`. */
  async up(limitMs: Millis): Promise<void> {
    const said = deferred<void>();
    const lines = createInterface(this.console!).on('line', line => {
      if (line.includes(UP)) said.resolve();
    });
    this.process.once('close', () => said.reject(new Error('QEMU ended while the guest booted')));
    try {
      await within(limitMs, said.promise, `the guest did not come up within ${limitMs / 1000} s`);
    } finally {
      lines.close();
      // A console that is not read would fill its pipe and stop the guest.
      this.console!.resume();
    }
  }

  /** Moves the guest to `destination`, with a blackout that is `holdMs` longer than necessary. */
  async migrateTo(destination: Machine, holdMs: Millis): Promise<MigrationRecord> {
    const { qmp } = this;
    const [stop, resume] = [qmp.next('STOP'), destination.qmp.next('RESUME')];
    const [ready, completed, failed] = ['pre-switchover', 'completed', 'failed'].map(status =>
      qmp.next('MIGRATION', { status }),
    );
    await qmp.execute('migrate-set-capabilities', {
      capabilities: [
        { capability: 'events', state: true },
        { capability: 'pause-before-switchover', state: holdMs > 0 },
      ],
    });
    const start = unixNow();
    await qmp.execute('migrate', { uri: destination.door });
    const gaveUp = failed!.then(() => Promise.reject(new Error('the migration failed: QEMU gave up on it')));
    if (holdMs > 0) {
      await converged(Promise.race([ready, gaveUp]));
      await sleep(holdMs);
      await qmp.execute('migrate-continue', { state: 'pre-switchover' });
    }
    await converged(Promise.race([Promise.all([completed, resume]), gaveUp]));
    const info = (await qmp.execute('query-migrate')) as { 'total-time': number; downtime: number };
    return {
      start,
      stop: (await stop).at,
      resume: (await resume).at,
      total_ms: info['total-time'],
      qemu_downtime_ms: info.downtime,
    };
  }

  async quit(): Promise<void> {
    this.qmp.close();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'close');
    this.process.kill('SIGKILL');
    await gone;
  }
}

function converged<T>(phase: Promise<T>): Promise<T> {
  return within(CONVERGE_MS, phase, 'the migration does not converge: give the guest a smaller dirty=MB');
}

function qemu(
  tap: string,
  { kernel, initramfs, accel, dirty, clip }: MachineSpec,
  control: string,
): string[] {
  return [
    'qemu-system-x86_64',
    ...['-machine', `q35,accel=${accel}`, '-m', '128', '-nodefaults', '-display', 'none'],
    ...[
      '-kernel',
      kernel,
      '-initrd',
      initramfs,
      '-append',
      `console=ttyS0 quiet dirty=${dirty} clip=${clip}`,
    ],
    ...['-serial', 'stdio', '-qmp', `unix:${control},server=on,wait=off`],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=n0,mac=${GUEST_MAC},romfile=`],
  ];
}
