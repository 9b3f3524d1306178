import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import type { Millis } from '../../core/sample.js';
import { Console } from '../console.js';
import { UP } from '../guest.js';
import type { Machine, MachineSpec, MigrationRecord, MoveOptions, Placement } from '../machine.js';
import { Qmp } from '../qmp.js';
import { sleep, unixNow } from '../time.js';
import type { Daemon } from './daemon.js';
import { domainXml, socketsOf } from './domain-xml.js';

/** The daemons of both hosts, by seat. */
export type Daemons = readonly [Daemon, Daemon];

/** What `virsh migrate` is called with, besides `--live`. */
const MODES: Readonly<Record<NonNullable<MoveOptions['mode']>, readonly string[]>> = {
  precopy: [],
  postcopy: ['--postcopy', '--postcopy-after-precopy'],
  converge: ['--auto-converge'],
};
const ROUTES: Readonly<Record<NonNullable<MoveOptions['via']>, readonly string[]>> = {
  native: [],
  p2p: ['--p2p'],
  tunnel: ['--p2p', '--tunnelled'],
};

/** A guest that a libvirtd runs. */
export class LibvirtMachine implements Machine {
  private constructor(
    private readonly daemons: Daemons,
    private readonly place: Placement,
    private readonly spec: MachineSpec,
    readonly qmp: Qmp,
    private readonly terminal: Socket,
    readonly console: Console,
  ) {}

  /** Defines the guest on both hosts and boots it on one. */
  static async start(
    daemons: Daemons,
    place: Placement,
    other: Placement,
    spec: MachineSpec,
  ): Promise<LibvirtMachine> {
    for (const each of [place, other]) {
      writeFileSync(definitionOf(each), domainXml(each, spec));
      await daemons[each.seat].virsh('define', definitionOf(each));
    }
    await daemons[place.seat].virsh('start', place.name);
    return LibvirtMachine.connect(daemons, place, spec);
  }

  private static async connect(
    daemons: Daemons,
    place: Placement,
    spec: MachineSpec,
  ): Promise<LibvirtMachine> {
    const path = socketsOf(place);
    const qmp = await Qmp.connect(`${path}.qmp`, () => true);
    const terminal = createConnection(`${path}.console`);
    terminal.on('error', () => {});
    await once(terminal, 'connect');
    const console = new Console({ input: terminal, output: terminal, owner: terminal });
    return new LibvirtMachine(daemons, place, spec, qmp, terminal, console);
  }

  get pid(): number {
    return this.daemon.pid;
  }

  up(limitMs: Millis): Promise<void> {
    return this.console.prints(UP, limitMs);
  }

  async migrateTo(
    place: Placement,
    options: MoveOptions,
    arriving: (machine: Machine) => Promise<void>,
  ): Promise<MigrationRecord> {
    const { daemon, qmp } = this;
    const { name } = this.place;
    const stop = qmp.next('STOP');
    const start = unixNow();
    const migrated = daemon.virsh('migrate', '--live', ...flagsOf(place, this.daemons[place.seat], options));
    const failed = migrated.then(() => new Promise<never>(() => {}));
    const machine = await Promise.race([LibvirtMachine.connect(this.daemons, place, this.spec), failed]);
    const resume = machine.qmp.next('RESUME');
    await arriving(machine);
    if (options.mode === 'postcopy') await stop;
    if (options.holdMs) await this.hold(place, stop, options.holdMs);
    await migrated;
    const figures = await daemon.virsh(
      ...['domjobinfo', name, '--completed', '--keep-completed', '--rawstats'],
    );
    const figure = (label: string) => Number(new RegExp(`^${label}: (\\d+)$`, 'm').exec(figures)?.[1]);
    return {
      start,
      stop: (await stop).at,
      resume: (await resume).at,
      total_ms: figure('time_elapsed'),
      qemu_downtime_ms: figure('downtime'),
    };
  }

  async save(): Promise<number> {
    const stop = this.qmp.next('STOP');
    await this.daemon.virsh('save', this.place.name, `${socketsOf(this.place)}.saved`);
    return (await stop).at;
  }

  async restore(): Promise<{ machine: Machine; resume: number }> {
    const restored = this.daemon.virsh('restore', `${socketsOf(this.place)}.saved`);
    const failed = restored.then(() => new Promise<never>(() => {}));
    const machine = await Promise.race([LibvirtMachine.connect(this.daemons, this.place, this.spec), failed]);
    const resume = machine.qmp.next('RESUME');
    await restored;
    return { machine, resume: (await resume).at };
  }

  async quit(): Promise<void> {
    this.qmp.close();
    this.terminal.destroy();
    // The guest may be elsewhere already.
    await this.daemon.virsh('destroy', this.place.name).catch(() => {});
  }

  private get daemon(): Daemon {
    return this.daemons[this.place.seat];
  }

  /** Stops the destination's libvirtd, which has to continue the guest, for a while. */
  private async hold({ seat }: Placement, stop: Promise<unknown>, holdMs: Millis): Promise<void> {
    await stop;
    this.daemons[seat].signal('STOP');
    await sleep(holdMs);
    this.daemons[seat].signal('CONT');
  }
}

function definitionOf(place: Placement): string {
  return `${socketsOf(place)}.xml`;
}

function flagsOf(
  place: Placement,
  destination: Daemon,
  { via = 'native', mode = 'precopy', tls = false, bandwidthMB }: MoveOptions,
): string[] {
  const isTunnel = via === 'tunnel';
  return [
    ...ROUTES[via],
    ...MODES[mode],
    ...(tls && !isTunnel ? ['--tls'] : []),
    ...(isTunnel ? [] : ['--migrateuri', `tcp://${destination.address}`]),
    ...(bandwidthMB === undefined ? [] : ['--bandwidth', String(bandwidthMB)]),
    ...['--xml', definitionOf(place), place.name],
    via === 'native' ? destination.uri() : destination.remoteUri(tls),
  ];
}
