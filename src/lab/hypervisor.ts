import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Millis } from '../core/sample.js';
import { Console } from './console.js';
import { UP } from './guest.js';
import { killedWithParent, type Namespace } from './namespace.js';
import { Qmp } from './qmp.js';
import { sleep, unixNow, within } from './time.js';

/** Without the kernel's tests of its ciphers and its certificates, a guest boots in three quarters of the time. */
const KERNEL_LINE = 'console=ttyS0 quiet cryptomgr.notests initcall_blacklist=load_system_certificate_list';

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

/** Where a QEMU runs, and for which guest. */
export interface Placement {
  namespace: Namespace;
  /** An existing tap device in it. */
  tap: string;
  /** The last number of the guest's address, and its hardware address. */
  host: number;
  mac: string;
  /** The folder of the sockets. */
  folder: string;
  /** The socket of a second monitor, for a migwatch that watches. */
  monitor: string;
}

/** The course of a migration. Moments are Unix seconds. */
export interface MigrationRecord {
  start: number;
  stop: number;
  resume: number;
  total_ms: number;
  qemu_downtime_ms: number;
}

/** How a migration is done. */
export interface MoveOptions {
  /** How much longer than necessary the blackout is. */
  holdMs?: Millis;
  /** `postcopy` moves the guest first and its memory after it; `converge` throttles a guest that dirties memory too fast. */
  mode?: 'precopy' | 'postcopy' | 'converge';
  /** The most that the migration transfers, in MB a second. */
  bandwidthMB?: number;
}

/** A migration never converges if the guest dirties memory faster than the link transfers it. */
const CONVERGE_MS = 60_000;

let count = 0;

/** One QEMU process, whose guest is running, stopped, or about to be migrated here. */
export class Machine {
  private constructor(
    private readonly process: ChildProcess,
    readonly qmp: Qmp,
    readonly console: Console,
    /** The path of its sockets and of its saved state, without their endings. */
    readonly name: string,
  ) {}

  /** Starts QEMU: with `incoming` it waits for a migration, otherwise it boots the guest. */
  static async start(seat: Placement, spec: MachineSpec, { incoming = false } = {}): Promise<Machine> {
    const name = join(seat.folder, `vm${++count}`);
    const command = [...qemu(seat, spec, `${name}.qmp`), ...(incoming ? ['-incoming', 'defer'] : [])];
    const child = seat.namespace.spawn(killedWithParent(command), {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in the terminal must reach this process, not QEMU.
      detached: true,
    });
    let complaint = '';
    const terminal = new Console(child);
    child.stderr!.setEncoding('utf8').on('data', text => (complaint = (complaint + text).slice(-1000)));
    try {
      const qmp = await Qmp.connect(`${name}.qmp`, () => child.exitCode === null);
      return new Machine(child, qmp, terminal, name);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`QEMU did not start: ${complaint.trim() || (cause as Error).message}`, { cause });
    }
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Resolves when the guest reports that it is up; call it before the guest boots. Rejects after `limitMs`. */
  up(limitMs: Millis): Promise<void> {
    return this.console.prints(UP, limitMs);
  }

  /** Moves the guest to `destination`. */
  async migrateTo(destination: Machine, options: MoveOptions): Promise<MigrationRecord> {
    const { qmp } = this;
    const { holdMs = 0 } = options;
    const [stop, resume] = [qmp.next('STOP'), destination.qmp.next('RESUME')];
    const ready = qmp.next('MIGRATION', { status: 'pre-switchover' });
    const uri = `unix:${destination.name}.migration`;
    await this.prepare(options);
    await destination.receive(uri, options);
    const start = unixNow();
    const done = await this.send(uri);
    if (options.mode === 'postcopy') await qmp.execute('migrate-start-postcopy');
    if (holdMs > 0) {
      await converged(Promise.race([ready, done.failed]));
      await sleep(holdMs);
      await qmp.execute('migrate-continue', { state: 'pre-switchover' });
    }
    await converged(Promise.race([Promise.all([done.completed, resume]), done.failed]));
    const info = (await qmp.execute('query-migrate')) as { 'total-time': number; downtime: number };
    return {
      start,
      stop: (await stop).at,
      resume: (await resume).at,
      total_ms: info['total-time'],
      qemu_downtime_ms: info.downtime,
    };
  }

  /** Stops the guest and saves it to a file. Resolves with the moment of STOP. */
  async save(): Promise<number> {
    const stop = this.qmp.next('STOP');
    await this.qmp.execute('stop');
    await this.prepare({});
    const { completed, failed } = await this.send(`exec:cat > ${this.name}.saved`);
    await converged(Promise.race([completed, failed]));
    return (await stop).at;
  }

  /** Continues a guest that `saved` saved. Resolves with the moment of RESUME. */
  async restore(saved: Machine): Promise<number> {
    const [resume, loaded] = [this.qmp.next('RESUME'), this.qmp.next('MIGRATION', { status: 'completed' })];
    await this.receive(`exec:cat ${saved.name}.saved`, {});
    await loaded;
    await this.qmp.execute('cont');
    return (await resume).at;
  }

  private async prepare({ holdMs = 0, mode = 'precopy', bandwidthMB }: MoveOptions): Promise<void> {
    await this.enable({
      events: true,
      'pause-before-switchover': holdMs > 0,
      'postcopy-ram': mode === 'postcopy',
      'auto-converge': mode === 'converge',
    });
    if (bandwidthMB !== undefined)
      await this.qmp.execute('migrate-set-parameters', { 'max-bandwidth': bandwidthMB * 1e6 });
  }

  private async receive(uri: string, { mode }: MoveOptions): Promise<void> {
    await this.enable({ events: true, 'postcopy-ram': mode === 'postcopy' });
    await this.qmp.execute('migrate-incoming', { uri });
  }

  /** Starts to send the guest. Resolves when that began, with how it ends. */
  private async send(uri: string): Promise<{ completed: Promise<unknown>; failed: Promise<never> }> {
    const [completed, gaveUp] = ['completed', 'failed'].map(status => this.qmp.next('MIGRATION', { status }));
    await this.qmp.execute('migrate', { uri });
    const failed = gaveUp!.then(() => Promise.reject(new Error('the migration failed: QEMU gave up on it')));
    // QEMU's end rejects it too, long after the migration.
    failed.catch(() => {});
    return { completed: completed!, failed };
  }

  private async enable(capabilities: Readonly<Record<string, boolean>>): Promise<void> {
    await this.qmp.execute('migrate-set-capabilities', {
      capabilities: Object.entries(capabilities).map(([capability, state]) => ({ capability, state })),
    });
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
  { tap, host, mac, monitor }: Placement,
  { kernel, initramfs, accel, dirty, clip }: MachineSpec,
  control: string,
): string[] {
  return [
    'qemu-system-x86_64',
    ...['-machine', `q35,accel=${accel}`, '-m', '128', '-nodefaults', '-display', 'none'],
    ...['-kernel', kernel, '-initrd', initramfs],
    ...['-append', `${KERNEL_LINE} host=${host} dirty=${dirty} clip=${clip}`],
    ...['-serial', 'stdio', '-qmp', `unix:${control},server=on,wait=off`],
    ...['-qmp', `unix:${monitor},server=on,wait=off`],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=n0,mac=${mac},romfile=`],
  ];
}
