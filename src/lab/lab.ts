import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Millis } from '../core/sample.js';
import type { TruthItem } from '../evaluation/truth.js';
import { findKernel, GUEST_ADDRESS, initramfs } from './guest.js';
import { Machine, type MachineSpec } from './hypervisor.js';
import { bootFile } from './kernel-image.js';
import type { LinkSettings } from './link-settings.js';
import { killedWithParent, type Namespace } from './namespace.js';
import { remove, scratchFolder } from './scratch.js';
import { sleep, unixNow } from './time.js';
import { NEIGHBOUR_HOSTS, TAPS, Topology } from './topology.js';

export interface LabOptions {
  /** The settings of a userspace link between the observer and all hosts. */
  link?: Partial<LinkSettings>;
  /** MB of memory that the guest rewrites a second. */
  dirty?: number;
  /** The buffer of a viewer that plays the guest's stream; absent: no stream. */
  viewer?: { bufferMs: Millis };
  /** Watch also from the hypervisor where the VM boots. */
  insider?: true;
  /** The number of watched hosts besides the VM; absent: all. */
  hosts?: number;
  /** `kvm` is used only if the guest boots with it. */
  accel?: MachineSpec['accel'];
  /** Receives messages for the user. */
  notice?(text: string): void;
}

/** Time for the guest to boot with KVM: a KVM device that opens can still hang. */
const KVM_LIMIT_MS: Millis = 10_000;
const BOOT_LIMIT_MS: Millis = 60_000;
/** MB of the stream: enough for half a minute, and little more for a migration to copy. */
const CLIP_MB = 8;

/** A real VM between two hypervisors on this machine, and the log of all actions on it. One action at a time. */
export class Lab {
  /** The actions, in the order in which they ended. */
  readonly truth: TruthItem[] = [];
  /** The process that runs the guest now. */
  private home!: Machine;
  private tap: 0 | 1 = 0;
  /** The process that the guest left: stopped, with an old copy of the guest. */
  private stale: Machine | undefined;
  private readonly loadProcesses = new Set<ChildProcess>();

  private constructor(
    private readonly topology: Topology,
    private readonly folder: string,
    private spec: MachineSpec,
    private readonly hosts: number | undefined,
  ) {}

  /** Builds the network, boots the guest and resolves when it answers. */
  static async start(options: LabOptions = {}): Promise<Lab> {
    const kernel = findKernel();
    if (!kernel) throw new Error('the lab found no kernel in /boot whose modules are installed');
    const folder = scratchFolder();
    const image = join(folder, 'initramfs.cpio');
    writeFileSync(image, initramfs(kernel));
    const topology = await Topology.build(options.link);
    const { accel = 'tcg', dirty = 0 } = options;
    const clip = options.viewer ? CLIP_MB : 0;
    const boot = bootFile(kernel.image, folder);
    const spec: MachineSpec = { kernel: boot, initramfs: image, accel, dirty, clip };
    const lab = new Lab(topology, folder, spec, options.hosts);
    try {
      await lab.boot(options.notice ?? (() => {}));
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** The namespace to watch from. */
  get observer(): Namespace {
    return this.topology.observer;
  }

  /** The namespace of the second observer, on the hypervisor where the VM boots. */
  get innerWatcher(): Namespace {
    return this.topology.insider;
  }

  /** The TARGETs for the command line, the VM first. */
  get targets(): readonly string[] {
    const beside = NEIGHBOUR_HOSTS.slice(0, this.hosts);
    return [`vm=${GUEST_ADDRESS}`, ...beside.map(host => `host${host}=10.77.0.${host}`)];
  }

  /** The ids of the processes that run the guest or a copy of it. */
  get pids(): number[] {
    return [this.home, this.stale].filter(machine => machine !== undefined).map(machine => machine.pid);
  }

  /** Migrates the guest to the other hypervisor; `holdMs` lengthens the blackout. */
  async migrate({ holdMs = 0 }: { holdMs?: Millis } = {}): Promise<void> {
    await this.stale?.quit();
    this.stale = undefined;
    const tap = this.tap === 0 ? 1 : 0;
    const destination = await Machine.start(this.place(tap), this.spec, { incoming: true });
    // Registered at once, so that it is closed if the migration fails.
    this.stale = destination;
    const moved = await this.home.migrateTo(destination, holdMs);
    [this.home, this.stale, this.tap] = [destination, this.home, tap];
    this.tell({ type: 'migration', target: GUEST_ADDRESS, ...moved, status: 'completed' });
  }

  /** Stops the guest where it is, as a snapshot does. */
  async pause(ms: Millis): Promise<void> {
    const { qmp } = this.home;
    const [stop, resume] = [qmp.next('STOP'), qmp.next('RESUME')];
    await qmp.execute('stop');
    await sleep(ms);
    await qmp.execute('cont');
    this.tell({ type: 'pause', target: GUEST_ADDRESS, stop: (await stop).at, resume: (await resume).at });
  }

  /** Presses the guest's reset button and waits until it is up again. */
  async reboot(): Promise<void> {
    const reset = this.home.qmp.next('RESET');
    const up = this.home.up(BOOT_LIMIT_MS);
    await Promise.all([up, this.home.qmp.execute('system_reset')]);
    this.tell({ type: 'reboot', target: GUEST_ADDRESS, stop: (await reset).at, resume: unixNow() });
  }

  /** Disconnects the observer from all hosts. */
  cutShared(ms: Millis): Promise<void> {
    return this.cut('trunk', '*', ms);
  }

  /** Disconnects the guest from its bridge. */
  cutTarget(ms: Millis): Promise<void> {
    return this.cut(TAPS[this.tap], GUEST_ADDRESS, ms);
  }

  /** Keeps every CPU of this machine busy with two processes. */
  async contend(ms: Millis): Promise<void> {
    const start = unixNow();
    const [program, ...args] = killedWithParent(['sh', '-c', 'while :; do :; done']);
    for (let n = 0; n < 2 * availableParallelism(); n++)
      this.loadProcesses.add(spawn(program!, args, { stdio: 'ignore' }));
    await sleep(ms);
    this.endLoad();
    this.tell({ type: 'host-contention', target: '*', start, end: unixNow() });
  }

  /** Changes the link between the observer and the hosts. The lab must have been started with a link. */
  setLink(change: Partial<LinkSettings>): void {
    this.topology.setLink(change);
  }

  /** Resumes the old copy of the last migration, while the guest runs too, for this time. Migrates first if there is none. */
  async ghost(ms: Millis): Promise<void> {
    if (!this.stale) await this.migrate();
    const { qmp } = this.stale!;
    const thawed = qmp.next('RESUME');
    await qmp.execute('cont');
    await sleep(ms);
    const frozen = qmp.next('STOP');
    await qmp.execute('stop');
    this.tell({ type: 'ghost', target: GUEST_ADDRESS, start: (await thawed).at, end: (await frozen).at });
    await this.stale!.quit();
    this.stale = undefined;
  }

  /** Ends all processes and removes all files and namespaces. */
  async close(): Promise<void> {
    this.endLoad();
    await Promise.all([this.home?.quit(), this.stale?.quit()]);
    this.topology.close();
    remove(this.folder);
  }

  private async boot(notice: (text: string) => void): Promise<void> {
    const kvm = this.spec.accel === 'kvm';
    try {
      this.home = await Machine.start(this.place(0), this.spec);
      await this.home.up(kvm ? KVM_LIMIT_MS : BOOT_LIMIT_MS);
    } catch (error) {
      if (!kvm) throw error;
      await this.home?.quit();
      notice(`KVM does not work here (${(error as Error).message}); continuing with TCG`);
      this.spec = { ...this.spec, accel: 'tcg' };
      await this.boot(notice);
    }
  }

  private async cut(port: (typeof TAPS)[number] | 'trunk', target: string, ms: Millis): Promise<void> {
    await this.topology.setPort(port, 'cut');
    const stop = unixNow();
    await sleep(ms);
    const resume = unixNow();
    await this.topology.setPort(port, 'forwarding');
    this.tell({ type: 'outage', target, stop, resume });
  }

  private place(tap: 0 | 1) {
    return { namespace: this.topology.site, tap: TAPS[tap], folder: this.folder };
  }

  private endLoad(): void {
    for (const hog of this.loadProcesses) hog.kill('SIGKILL');
    this.loadProcesses.clear();
  }

  private tell(item: Omit<TruthItem, 'note'>): void {
    this.truth.push({ ...item, note: '' });
  }
}
