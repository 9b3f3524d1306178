import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Millis } from '../core/sample.js';
import { CERTIFIED_NAME } from './certificates.js';
import { Console } from './console.js';
import { UP } from './guest.js';
import {
  kernelLine,
  type Machine,
  type MachineSpec,
  type MigrationRecord,
  type MoveOptions,
  type Placement,
} from './machine.js';
import { killedWithParent } from './namespace.js';
import { Qmp } from './qmp.js';
import { sleep, unixNow, within } from './time.js';

/** A migration never converges if the guest dirties memory faster than the link transfers it. */
const CONVERGE_MS = 60_000;

let count = 0;

/** A QEMU that the lab starts itself. After a migration it stays, stopped, with an old copy of the guest. */
export class QemuMachine implements Machine {
  private constructor(
    private readonly process: ChildProcess,
    private readonly place: Placement,
    private readonly spec: MachineSpec,
    readonly qmp: Qmp,
    readonly console: Console,
    /** The path of its sockets and of its saved state, without their endings. */
    readonly name: string,
  ) {}

  /** Starts QEMU: with `incoming` it waits for a migration, otherwise it boots the guest. */
  static async start(place: Placement, spec: MachineSpec, { incoming = false } = {}): Promise<QemuMachine> {
    const name = join(place.folder, `vm${++count}`);
    const command = [...qemu(place, spec, `${name}.qmp`), ...(incoming ? ['-incoming', 'defer'] : [])];
    const child = place.namespace.spawn(killedWithParent(command), {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C in the terminal must reach this process, not QEMU.
      detached: true,
    });
    let complaint = '';
    const terminal = new Console({ input: child.stdin!, output: child.stdout!, owner: child });
    child.stderr!.setEncoding('utf8').on('data', text => (complaint = (complaint + text).slice(-1000)));
    try {
      const qmp = await Qmp.connect(`${name}.qmp`, () => child.exitCode === null);
      return new QemuMachine(child, place, spec, qmp, terminal, name);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new Error(`QEMU did not start: ${complaint.trim() || (cause as Error).message}`, { cause });
    }
  }

  get pid(): number {
    return this.process.pid!;
  }

  up(limitMs: Millis): Promise<void> {
    return this.console.prints(UP, limitMs);
  }

  async migrateTo(
    place: Placement,
    options: MoveOptions,
    arriving: (machine: Machine) => Promise<void>,
  ): Promise<MigrationRecord> {
    const { qmp } = this;
    const destination = await QemuMachine.start(place, this.spec, { incoming: true });
    await arriving(destination);
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

  async save(): Promise<number> {
    const stop = this.qmp.next('STOP');
    await this.qmp.execute('stop');
    await this.prepare({});
    const { completed, failed } = await this.send(`exec:cat > ${this.name}.saved`);
    await converged(Promise.race([completed, failed]));
    await this.quit();
    return (await stop).at;
  }

  async restore(): Promise<{ machine: Machine; resume: number }> {
    const machine = await QemuMachine.start(this.place, this.spec, { incoming: true });
    const [resume, loaded] = [
      machine.qmp.next('RESUME'),
      machine.qmp.next('MIGRATION', { status: 'completed' }),
    ];
    await machine.receive(`exec:cat ${this.name}.saved`, {});
    await loaded;
    await machine.qmp.execute('cont');
    return { machine, resume: (await resume).at };
  }

  private async prepare({ holdMs = 0, mode = 'precopy', bandwidthMB, tls }: MoveOptions): Promise<void> {
    await this.enable({
      events: true,
      'pause-before-switchover': holdMs > 0,
      'postcopy-ram': mode === 'postcopy',
      'auto-converge': mode === 'converge',
    });
    await this.protect('client', tls);
    if (bandwidthMB !== undefined)
      await this.qmp.execute('migrate-set-parameters', { 'max-bandwidth': bandwidthMB * 1e6 });
  }

  private async receive(uri: string, { mode, tls }: MoveOptions): Promise<void> {
    await this.enable({ events: true, 'postcopy-ram': mode === 'postcopy' });
    await this.protect('server', tls);
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

  /** Makes the next migration use TLS, or not. */
  private async protect(endpoint: 'client' | 'server', tls = false): Promise<void> {
    const dir = this.spec.certificates;
    if (dir === undefined) return;
    const id = `tls-${endpoint}`;
    if (tls) await this.qmp.execute('object-add', { 'qom-type': 'tls-creds-x509', id, endpoint, dir });
    await this.qmp.execute('migrate-set-parameters', {
      'tls-creds': tls ? id : '',
      'tls-hostname': tls ? CERTIFIED_NAME : '',
    });
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

function qemu(place: Placement, spec: MachineSpec, control: string): string[] {
  const { tap, mac, monitor } = place;
  const { kernel, initramfs, accel } = spec;
  return [
    'qemu-system-x86_64',
    ...['-machine', `q35,accel=${accel}`, '-m', '128', '-nodefaults', '-display', 'none'],
    ...['-kernel', kernel, '-initrd', initramfs],
    ...['-append', kernelLine(place, spec)],
    ...['-serial', 'stdio', '-qmp', `unix:${control},server=on,wait=off`],
    ...['-qmp', `unix:${monitor},server=on,wait=off`],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=n0,mac=${mac},romfile=`],
  ];
}
