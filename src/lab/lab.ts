import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Millis } from '../core/sample.js';
import type { TruthItem } from '../evaluation/truth.js';
import { makeCertificates } from './certificates.js';
import { addressOf, findKernel, GUEST_HOSTS, initramfs } from './guest.js';
import { HiddenMonitor } from './hidden-monitor.js';
import { bootFile } from './kernel-image.js';
import { type Daemons, LibvirtMachine } from './libvirt/libvirt-machine.js';
import { DAEMON_ADDRESSES, startDaemons } from './libvirt/pair.js';
import type { LinkSettings } from './link-settings.js';
import type { Machine, MachineSpec, Placement } from './machine.js';
import { killedWithParent, type Namespace } from './namespace.js';
import { QemuMachine } from './qemu-machine.js';
import { remove, scratchFolder } from './scratch.js';
import { sleep, unixNow } from './time.js';
import { NEIGHBOUR_HOSTS, Topology } from './topology.js';
import { Vm } from './vm.js';

export interface LabOptions {
  /** The settings of a userspace link between the observer and all hosts. */
  link?: Partial<LinkSettings>;
  /** The number of VMs, 1 by default. What is done to the VM is done to all of them at once. */
  vms?: number;
  /** MB of memory that the guest rewrites a second. */
  dirty?: number;
  /** The buffer of a viewer that plays the guest's stream; absent: no stream. */
  viewer?: { bufferMs: Millis };
  /** Watch also from the hypervisor where the VM boots. */
  insider?: true;
  /** Connect whoever watches to the hypervisors' monitors; `hidden`: to monitors that conceal migrations. */
  monitors?: 'open' | 'hidden';
  /** Run the VMs under a libvirtd on each hypervisor, and connect whoever watches to both. */
  libvirt?: true;
  /** Migrations may use TLS. */
  tls?: true;
  /** The number of watched hosts besides the VM; absent: all. */
  hosts?: number;
  /** `kvm` is used only if the guest boots with it. */
  accel?: MachineSpec['accel'];
  /** Receives messages for the user. */
  notice?(text: string): void;
}

/** Time for the guest to boot with KVM: a KVM device that opens can still hang. */
const KVM_LIMIT_MS: Millis = 10_000;
/** A new level has to stay before it can be called one: a report this many seconds later is still about the change. */
const NOTICED_WITHIN_S = 5;
/** MB of the stream: enough for half a minute, and little more for a migration to copy. */
const CLIP_MB = 8;

/** Real VMs between two hypervisors on this machine, and the log of all actions on them. One action at a time. */
export class Lab {
  /** The actions, in the order in which they ended. */
  readonly truth: TruthItem[] = [];
  /** The first one is the VM that the scenarios are about. */
  private vms: readonly Vm[] = [];
  private readonly loadProcesses = new Set<ChildProcess>();
  private readonly hiddenMonitors: HiddenMonitor[] = [];
  private daemons: Daemons | undefined;

  private constructor(
    private readonly topology: Topology,
    private readonly folder: string,
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
    const lab = new Lab(topology, folder, options.hosts);
    try {
      const certificates =
        options.libvirt || options.tls
          ? makeCertificates(join(folder, 'certificates'), DAEMON_ADDRESSES)
          : undefined;
      if (options.libvirt) lab.daemons = await startDaemons(topology.site, folder, certificates!);
      const spec = {
        kernel: boot,
        initramfs: image,
        accel,
        dirty,
        clip,
        ...(certificates && { certificates }),
      };
      await lab.boot(spec, options);
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
    const guests = this.vms.map(({ name, address }) => `${name}=${address}`);
    return [...guests, ...beside.map(host => `host${host}=${addressOf(host)}`)];
  }

  /** The flags that connect a migwatch to the hypervisors: to their daemons, and to the monitors of all VMs. */
  hypervisorFlags(kind: LabOptions['monitors']): string[] {
    const daemons = (this.daemons ?? []).flatMap(daemon => [
      ...['--hypervisor', `libvirt:${daemon.uri('libvirt-sock-ro')}`],
    ]);
    return [...daemons, ...(kind === undefined ? [] : this.monitorFlags(kind))];
  }

  private monitorFlags(kind: NonNullable<LabOptions['monitors']>): string[] {
    return this.vms.flatMap(({ address, monitors }) =>
      monitors.flatMap(monitor => {
        const path = kind === 'hidden' ? `${monitor}.hidden` : monitor;
        if (kind === 'hidden') this.hiddenMonitors.push(new HiddenMonitor(path, monitor));
        return ['--hypervisor', `qmp:${path}=${address}`];
      }),
    );
  }

  /** The ids of the processes that run a guest or a copy of it. */
  get pids(): number[] {
    return this.vms.flatMap(({ pids }) => pids);
  }

  /** Does the same to every VM at once. */
  async eachVm(act: (vm: Vm) => Promise<void>): Promise<void> {
    await Promise.all(this.vms.map(act));
  }

  /** Disconnects the observer from all hosts. */
  async cutShared(ms: Millis): Promise<void> {
    const stop = await this.topology.setPort('trunk', 'cut');
    await sleep(ms);
    const resume = await this.topology.setPort('trunk', 'forwarding');
    this.tell({ type: 'outage', target: '*', stop, resume });
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

  /** Changes the one-way delay to the VMs, or to all hosts, for good. */
  reroute(what: 'target' | 'shared', delayMs: Millis): void {
    const addresses = this.vms.map(({ address }) => address);
    const start = unixNow();
    this.setLink(
      what === 'shared'
        ? { delayMs }
        : { detours: Object.fromEntries(addresses.map(address => [address, delayMs])) },
    );
    for (const target of what === 'shared' ? ['*'] : addresses)
      this.tell({ type: 'path-change', target, start, end: start + NOTICED_WITHIN_S });
  }

  /** Lets only so many ICMP requests a second pass, for all hosts together. */
  async police(perSecond: number, ms: Millis): Promise<void> {
    const start = unixNow();
    this.setLink({ icmpPerSecond: perSecond });
    await sleep(ms);
    this.setLink({ icmpPerSecond: 0 });
    const also = ['congestion', 'unclear', 'nothing'] as const;
    this.tell({ type: 'policing', target: '*', start, end: unixNow(), also });
  }

  /** Ends all processes and removes all files and namespaces. */
  async close(): Promise<void> {
    this.endLoad();
    for (const monitor of this.hiddenMonitors.splice(0)) monitor.close();
    await this.eachVm(vm => vm.quit());
    await Promise.all((this.daemons ?? []).map(daemon => daemon.close()));
    this.topology.close();
    remove(this.folder);
  }

  private async boot(spec: MachineSpec, { vms = 1, notice = () => {} }: LabOptions): Promise<void> {
    const kvm = spec.accel === 'kvm';
    const { daemons } = this;
    const starter = (place: Placement, other: Placement): Promise<Machine> =>
      daemons ? LibvirtMachine.start(daemons, place, other, spec) : QemuMachine.start(place, spec);
    this.vms = GUEST_HOSTS.slice(0, vms).map(
      (_, index) => new Vm(index, this.topology, this.folder, starter, this.truth),
    );
    try {
      await this.eachVm(vm => vm.boot(kvm ? KVM_LIMIT_MS : undefined));
    } catch (error) {
      if (!kvm) throw error;
      await this.eachVm(vm => vm.quit());
      notice(`KVM does not work here (${(error as Error).message}); continuing with TCG`);
      await this.boot({ ...spec, accel: 'tcg' }, { vms });
    }
  }

  private endLoad(): void {
    for (const hog of this.loadProcesses) hog.kill('SIGKILL');
    this.loadProcesses.clear();
  }

  private tell(item: Omit<TruthItem, 'note'>): void {
    this.truth.push({ ...item, note: '' });
  }
}
