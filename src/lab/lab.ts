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
  /** Puts a userspace link of these settings between the observer and everybody. */
  link?: Partial<LinkSettings>;
  /** MB of memory that the guest rewrites a second. */
  dirty?: number;
  /** The guest serves a stream, and a viewer with such a buffer plays it. */
  viewer?: { bufferMs: Millis };
  /** Watched from the hypervisor where the VM boots as well. */
  insider?: true;
  /** How many of the hosts beside the VM are watched; all where absent. */
  hosts?: number;
  /** `kvm` is used only if the guest then comes up. */
  accel?: MachineSpec['accel'];
  /** Told what the user should know. */
  notice?(text: string): void;
}

/** A KVM device that opens can still hang. */
const KVM_LIMIT_MS: Millis = 10_000;
const BOOT_LIMIT_MS: Millis = 60_000;
/** As much as is played in half a minute, and little more to copy when the guest moves. */
const CLIP_MB = 8;

/** A real VM between two hypervisors of this machine, and what was done to it. One action at a time. */
export class Lab {
  /** What happened, in the order in which it was over. */
  readonly truth: TruthItem[] = [];
  /** The guest as it is at home now. */
  private home!: Machine;
  private tap: 0 | 1 = 0;
  /** The process that the guest has left: stopped, with a copy of the guest as it was. */
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

  /** Where to watch from. */
  get observer(): Namespace {
    return this.topology.observer;
  }

  /** Where to watch from on the hypervisor where the VM boots. */
  get innerWatcher(): Namespace {
    return this.topology.insider;
  }

  /** What to watch, the VM first, as words for the command line. */
  get targets(): readonly string[] {
    const beside = NEIGHBOUR_HOSTS.slice(0, this.hosts);
    return [`vm=${GUEST_ADDRESS}`, ...beside.map(host => `host${host}=10.77.0.${host}`)];
  }

  /** The ids of the processes that run the guest or a copy of it. */
  get pids(): number[] {
    return [this.home, this.stale].filter(machine => machine !== undefined).map(machine => machine.pid);
  }

  /** Moves the guest to the other hypervisor; `holdMs` lengthens the blackout by as much. */
  async migrate({ holdMs = 0 }: { holdMs?: Millis } = {}): Promise<void> {
    await this.stale?.quit();
    this.stale = undefined;
    const tap = this.tap === 0 ? 1 : 0;
    const destination = await Machine.start(this.place(tap), this.spec, { incoming: true });
    // Owned from the start, so that it ends with us if the migration fails.
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

  /** Cuts the observer off from everybody. */
  cutShared(ms: Millis): Promise<void> {
    return this.cut('trunk', '*', ms);
  }

  /** Cuts the guest off where it is. */
  cutTarget(ms: Millis): Promise<void> {
    return this.cut(TAPS[this.tap], GUEST_ADDRESS, ms);
  }

  /** Keeps every CPU of this machine busy twice over. */
  async contend(ms: Millis): Promise<void> {
    const start = unixNow();
    const [program, ...args] = killedWithParent(['sh', '-c', 'while :; do :; done']);
    for (let n = 0; n < 2 * availableParallelism(); n++)
      this.loadProcesses.add(spawn(program!, args, { stdio: 'ignore' }));
    await sleep(ms);
    this.endLoad();
    this.tell({ type: 'host-contention', target: '*', start, end: unixNow() });
  }

  /** Changes the link between the observer and everybody; the lab must have been started with one. */
  setLink(change: Partial<LinkSettings>): void {
    this.topology.setLink(change);
  }

  /** Thaws the copy that the last migration left behind, beside the guest, for so long. Migrates first if none is left. */
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

  /** Leaves nothing behind. */
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
      notice(`KVM is of no use here (${(error as Error).message}); going on with TCG`);
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
