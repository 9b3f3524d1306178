import { join } from 'node:path';
import type { Millis } from '../core/sample.js';
import type { TruthItem } from '../evaluation/truth.js';
import type { Announcer, Move, Takeover } from './actions.js';
import { arpProbe, gratuitousArp, rarp } from './frames.js';
import { addressOf, GUEST_HOSTS } from './guest.js';
import type { Machine, Placement } from './machine.js';
import { sleep, unixNow } from './time.js';
import { RIVAL_MACS, type Seat, type Topology, tapOf } from './topology.js';

type Label = Omit<TruthItem, 'target' | 'note'>;

const BOOT_LIMIT_MS: Millis = 180_000;
/** Who shares an address announces it so often. */
const CONFLICT_MS: Millis = 1000;

/** One VM of the lab: the process that runs it, where it is, and what can be done to it. One action at a time. */
export class Vm {
  /** Its label as a target. */
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  private home!: Machine;
  private seat: Seat = 0;
  /** The process that the guest left: stopped, with an old copy of the guest. */
  private stale: Machine | undefined;
  /** Since when the network is away from the VM, in Unix seconds. */
  private away: number | undefined;
  /** The labels of what was done meanwhile. */
  private readonly unheard: TruthItem[] = [];

  constructor(
    private readonly index: number,
    private readonly topology: Topology,
    private readonly folder: string,
    private readonly start: (place: Placement, other: Placement) => Promise<Machine>,
    private readonly truth: TruthItem[],
  ) {
    this.name = `vm${index === 0 ? '' : index + 1}`;
    this.address = addressOf(GUEST_HOSTS[index]!);
    this.mac = `52:54:00:12:34:5${index + 1}`;
  }

  /** The ids of the processes that run the guest or a copy of it. */
  get pids(): number[] {
    return [this.home, this.stale].filter(machine => machine !== undefined).map(machine => machine.pid);
  }

  /** The sockets of the monitors that QEMU opens for a migwatch that watches, on either hypervisor. */
  get monitors(): readonly string[] {
    return ['a', 'b'].map(seat => join(this.folder, `monitor${this.index + 1}${seat}`));
  }

  /** Boots the guest. Resolves when it is up. */
  async boot(limitMs: Millis = BOOT_LIMIT_MS): Promise<void> {
    this.home = await this.start(this.place(0), this.place(1));
    await this.home.up(limitMs);
  }

  /** Migrates the guest to the other hypervisor. */
  async migrate({ lateMs = 0, setMs, ...options }: Move): Promise<void> {
    await this.stale?.quit();
    this.stale = undefined;
    const seat = this.seat === 0 ? 1 : 0;
    const isBlocked = lateMs > 0 || this.away !== undefined;
    const moved = await this.home.migrateTo(this.place(seat), options, async destination => {
      // Registered at once, so that it is closed if the migration fails.
      this.stale = destination;
      // Not earlier: the port of a device that comes up carries frames.
      if (isBlocked) await this.topology.setPort(tapOf(this.index, seat), 'cut');
    });
    [this.home, this.stale, this.seat] = [this.stale!, this.home, seat];
    const label: Label = { type: 'migration', ...moved, status: 'completed' };
    if (lateMs > 0 && this.away === undefined) {
      await until(moved.resume * 1000 + lateMs);
      this.tell({ ...label, back: await this.connect() });
    } else this.tell(label);
    // Under TCG, a guest that rewrites much memory while it moves may not survive: what follows would not be true.
    if (options.mode === 'converge') await this.home.console.run('true');
    if (setMs !== undefined) await this.setRight(moved.resume * 1000 + setMs);
  }

  /** Stops the guest where it is, as a snapshot does. */
  async pause(ms: Millis): Promise<void> {
    const { qmp } = this.home;
    const [stop, resume] = [qmp.next('STOP'), qmp.next('RESUME')];
    await qmp.execute('stop');
    await sleep(ms);
    await qmp.execute('cont');
    this.tell({ type: 'pause', stop: (await stop).at, resume: (await resume).at });
  }

  /** Saves the guest to a file, ends its process, and restores it after this time where it was. */
  async save(ms: Millis): Promise<void> {
    await this.stale?.quit();
    this.stale = undefined;
    const stop = await this.home.save();
    await sleep(ms);
    const { machine, resume } = await this.home.restore();
    this.home = machine;
    this.tell({ type: 'restore', stop, resume, also: ['migration', 'pause'] });
  }

  /** Presses the guest's reset button and waits until it is up again. */
  async reboot(): Promise<void> {
    const reset = this.home.qmp.next('RESET');
    const up = this.home.up(BOOT_LIMIT_MS);
    await Promise.all([up, this.home.qmp.execute('system_reset')]);
    this.tell({ type: 'reboot', stop: (await reset).at, resume: unixNow() });
  }

  /** Disconnects the guest from its bridge. With an announcer, its port fails over to another one. */
  async cut(ms: Millis, announcer?: Announcer): Promise<void> {
    const stop = await this.setPort('cut');
    await sleep(ms);
    const resume = await this.setPort('forwarding');
    if (announcer) await this.announce(announcer);
    this.tell(
      announcer ? { type: 'failover', stop, resume, also: ['outage'] } : { type: 'outage', stop, resume },
    );
  }

  /** Disconnects the guest on either hypervisor, until `connectAgain`. */
  async disconnect(): Promise<void> {
    this.away = await this.setPort('cut');
  }

  /** The network is back: labels what was done meanwhile, or an outage if nothing was. */
  async connectAgain(): Promise<void> {
    const [stop, resume] = [this.away!, await this.connect()];
    this.away = undefined;
    if (this.unheard.length === 0) this.tell({ type: 'outage', stop, resume });
    for (const item of this.unheard.splice(0)) this.truth.push({ ...item, away: stop, back: resume });
  }

  /**
   * Has the network send the guest's frames elsewhere: one forged RARP begins it, the reply to an ARP request ends it. A
   * frame that the guest sends meanwhile does not, so that the label is true.
   */
  async steal(ms: Millis): Promise<void> {
    await this.topology.forge(rarp(this.mac));
    await this.topology.divert(this.mac, 'replace');
    // On a busy machine the guest still answers after the frame, until the port is its thief's for good.
    const stop = unixNow();
    await until(stop * 1000 + ms);
    await this.topology.divert(this.mac, 'del');
    const resume = await this.topology.forge(arpProbe(RIVAL_MACS[0], this.address));
    this.tell({ type: 'spoof', stop, resume, also: ['failover', 'outage', 'takeover'] });
  }

  /** Another host answers for the guest's address, and announces it. */
  async takeOver({ ms, rivals, vm }: Takeover): Promise<void> {
    const macs = RIVAL_MACS.slice(0, rivals);
    const claims = macs.map(mac => () => this.topology.forge(gratuitousArp(mac, this.address)));
    if (vm === 'gone') await this.setPort('cut');
    else claims.push(() => this.claimAddress());
    this.topology.takeAddress(this.address, rivals);
    const stop = await claims[0]!();
    for (let turn = 1; unixNow() < stop + ms / 1000; turn++) {
      await until(Math.min(stop * 1000 + ms, stop * 1000 + turn * CONFLICT_MS));
      if (claims.length > 1) await claims[turn % claims.length]!();
    }
    this.topology.leaveAddress(this.address, rivals);
    if (vm === 'gone') await this.setPort('forwarding');
    const resume = await this.claimAddress();
    this.tell({ type: 'takeover', stop, resume });
  }

  /** Sets the guest's clock by whole seconds, and less than one second back, as `date` does. */
  async shiftClock(ms: Millis): Promise<void> {
    await this.setClock(`$(( $(date +%s) + ${Math.round(ms / 1000)} ))`);
  }

  /** Resumes the old copy of the last migration, while the guest runs too, for this time. Migrates first if there is none. */
  async ghost(ms: Millis): Promise<void> {
    if (!this.stale) await this.migrate({});
    const { qmp } = this.stale!;
    const port = tapOf(this.index, this.seat === 0 ? 1 : 0);
    const before = this.topology.framesFrom(port);
    const thawed = qmp.next('RESUME');
    await qmp.execute('cont');
    await sleep(ms);
    const frozen = qmp.next('STOP');
    await qmp.execute('stop');
    const label: Label = { type: 'ghost', start: (await thawed).at, end: (await frozen).at };
    // A copy that sends nothing cannot be seen from outside.
    const isSilent = this.topology.framesFrom(port) === before;
    this.tell(isSilent ? { ...label, also: ['nothing'] } : label);
    await this.stale!.quit();
    this.stale = undefined;
  }

  async quit(): Promise<void> {
    await Promise.all([this.home?.quit(), this.stale?.quit()]);
  }

  private async announce(announcer: Announcer): Promise<void> {
    if (announcer === 'switch') await this.topology.announceFrom(this.seat, rarp(this.mac));
    // QEMU's own values for a migration.
    else await this.home.qmp.execute('announce-self', { initial: 50, max: 550, rounds: 5, step: 100 });
  }

  /** The guest announces its own address. Resolves with the moment, at the latest. */
  private async claimAddress(): Promise<number> {
    await this.home.console.run(`arping -A -q -c 1 -I eth0 ${this.address}`);
    return unixNow();
  }

  /** Sets the guest's clock to ours at the first whole second from a moment. */
  private async setRight(from: Millis): Promise<void> {
    const second = Math.ceil(from / 1000);
    await until(second * 1000);
    await this.setClock(String(second), ['nothing']);
  }

  private async setClock(seconds: string, also: Label['also'] = []): Promise<void> {
    const start = unixNow();
    await this.home.console.run(`date -s @${seconds} > /dev/null`);
    this.tell({ type: 'clock-set', start, end: unixNow(), ...(also.length > 0 && { also }) });
  }

  /** The network carries the guest's frames again, and finds it. Resolves with the last moment before. */
  private async connect(): Promise<number> {
    const moment = await this.setPort('forwarding');
    this.topology.relearn();
    return moment;
  }

  private setPort(state: 'cut' | 'forwarding'): Promise<number> {
    return this.topology.setPort(tapOf(this.index, this.seat), state);
  }

  private place(seat: Seat): Placement {
    const [tap, host] = [tapOf(this.index, seat), GUEST_HOSTS[this.index]!];
    const monitor = this.monitors[seat]!;
    return {
      namespace: this.topology.site,
      seat,
      tap,
      folder: this.folder,
      name: this.name,
      host,
      mac: this.mac,
      monitor,
    };
  }

  /** Adds a label; one without network waits until it is back. */
  private tell(label: Label): void {
    const item: TruthItem = { ...label, target: this.address, note: '' };
    (this.away === undefined ? this.truth : this.unheard).push(item);
  }
}

/** Resolves at a moment in ms since 1970, or at once if it is over. */
function until(moment: Millis): Promise<void> {
  return sleep(Math.max(0, moment - Date.now()));
}
