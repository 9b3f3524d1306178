import { fileURLToPath } from 'node:url';
import { Cable } from './cable.js';
import { GUEST_HOSTS } from './guest.js';
import { LineProcess } from './line-process.js';
import type { LinkSettings } from './link-settings.js';
import { Namespace } from './namespace.js';
import { unixNow } from './time.js';

/** Hosts beside the VM that never move: the last number of their address, and their bridge. */
const NEIGHBOURS = [
  { host: 2, bridge: 'bra' },
  { host: 3, bridge: 'brb' },
  { host: 4, bridge: 'brc' },
] as const;
/** A second observer, on the hypervisor where the VM boots. */
const INSIDER = { host: 5, bridge: 'bra' } as const;
export const NEIGHBOUR_HOSTS = NEIGHBOURS.map(({ host }) => host);

/** A host beside hypervisor B that takes what belongs to a VM: its hardware addresses. It has no address of its own. */
export const RIVAL_MACS = ['52:54:00:77:00:01', '52:54:00:77:00:02', '52:54:00:77:00:03'] as const;

/** A recording's time line is its process's own: it may show a frame so many seconds before the sender's clock does. */
const CLOCKS_APART = 0.002;

/** The port of each bridge behind which the rival is. */
const TO_RIVAL = ['ta', 'tbc', 'rival0'] as const;

/** The two hypervisors. */
export type Seat = 0 | 1;
const BRIDGES = ['bra', 'brb'] as const;
const UPLINKS = ['ta', 'tb'] as const;
/** A VM's port on either hypervisor; `vm` counts from 0. */
export const tapOf = (vm: number, seat: Seat): string => `vm${vm}${'ab'[seat]}`;
const PORTS = GUEST_HOSTS.flatMap((_, vm) => ([0, 1] as const).map(seat => [tapOf(vm, seat), BRIDGES[seat]]));

/** Two hypervisors' bridges, `bra` and `brb`, and the switch `brc` between them, with the observer's trunk. */
const SITE = [
  ...['bra', 'brb', 'brc'].map(name => `link add ${name} type bridge mcast_snooping 0`),
  'link add ta type veth peer name tac',
  'link add tb type veth peer name tbc',
  ...PORTS.map(([tap]) => `tuntap add ${tap} mode tap`),
  ...['bra', 'brb', 'brc'].flatMap(quietly),
  ...['ta bra', 'tac brc', 'tb brb', 'tbc brc', ...PORTS.map(port => port.join(' '))].flatMap(plugged),
];

/** The bridge port of all the observer's traffic. */
const TRUNK = 'trunk';

/** The lab's network: the site with its hypervisors, the observer, and a few hosts that are not VMs. */
export class Topology {
  private readonly switches: LineProcess;
  private readonly senders: Record<'site' | 'rival', LineProcess>;

  private constructor(
    readonly site: Namespace,
    readonly observer: Namespace,
    /** On the hypervisor where the VM boots. */
    readonly insider: Namespace,
    private readonly rival: Namespace,
    private readonly neighbours: readonly Namespace[],
    private readonly cable: Cable | undefined,
  ) {
    this.switches = new LineProcess(site, ['bridge', '-batch', '-']);
    const program = fileURLToPath(new URL('./send-frames.js', import.meta.url));
    const sender = (namespace: Namespace) => new LineProcess(namespace, [process.execPath, program]);
    this.senders = { site: sender(site), rival: sender(rival) };
  }

  /** With `link`, the trunk is a userspace cable with these settings, otherwise a veth pair. */
  static async build(link?: Partial<LinkSettings>): Promise<Topology> {
    const [site, observer, insider, rival, ...neighbours] = await Promise.all(
      Array.from({ length: 4 + NEIGHBOURS.length }, () => Namespace.create()),
    );
    site!.ip(SITE.join('\n'));
    const cable = link && (await Cable.lay(site!, observer!, TRUNK, link));
    if (cable) {
      site!.ip(`link set ${TRUNK}a name ${TRUNK}`);
      observer!.ip(`link set ${TRUNK}b name eth0`);
    } else site!.ip(`link add ${TRUNK} type veth peer name eth0 netns ${observer!.pid}`);
    site!.ip(plugged(`${TRUNK} brc`).join('\n'));
    settle(observer!, 1);
    [INSIDER, ...NEIGHBOURS].forEach(({ host, bridge }, index) => {
      const namespace = [insider!, ...neighbours][index]!;
      site!.ip(`link add host${host} type veth peer name eth0 netns ${namespace.pid}`);
      site!.ip(plugged(`host${host} ${bridge}`).join('\n'));
      settle(namespace, host);
    });
    RIVAL_MACS.forEach((mac, n) => {
      site!.ip(`link add rival${n} type veth peer name eth${n} address ${mac} netns ${rival!.pid}`);
      site!.ip(plugged(`rival${n} brb`).join('\n'));
      rival!.ip(`link set eth${n} addrgenmode none`);
    });
    rival!.ip('link set eth0 up');
    return new Topology(site!, observer!, insider!, rival!, neighbours, cable);
  }

  /**
   * Makes a bridge port drop all frames, or forward again. The port stays up, so that no carrier is lost, as if a cable
   * were cut farther away. Resolves with a moment, in Unix seconds, at which it drops frames: the first one or the last one.
   */
  async setPort(port: string, state: 'cut' | 'forwarding'): Promise<number> {
    const before = unixNow();
    const number = state === 'cut' ? '0' : '3';
    // The bridge program answers only when it is asked for the port.
    const answer = await this.switches.ask(`link set dev ${port} state ${number}\nlink show dev ${port}`);
    if (!answer.includes(state === 'cut' ? 'state disabled' : 'state forwarding'))
      throw new Error(`could not set bridge port ${port} to ${state}: ${answer}`);
    return state === 'cut' ? unixNow() : before;
  }

  /** How many frames a guest has sent through its port so far. */
  framesFrom(port: string): number {
    const [link] = JSON.parse(this.site.run(`ip -s -j link show dev ${port}`));
    return link.stats64.rx.packets;
  }

  /** Makes all switches forget where the hosts are, as a network does that has learned a move. Frames then go everywhere. */
  relearn(): void {
    this.site.ip(['bra', 'brb', 'brc'].map(bridge => `link set ${bridge} type bridge fdb_flush`).join('\n'));
  }

  /** Sends a frame from the uplink of a hypervisor. Resolves with the moment, in Unix seconds. */
  announceFrom(seat: Seat, frame: Buffer): Promise<number> {
    return this.send('site', UPLINKS[seat], frame);
  }

  /** Sends a frame from the rival. Resolves with the moment, in Unix seconds. */
  forge(frame: Buffer): Promise<number> {
    return this.send('rival', 'eth0', frame);
  }

  /** Makes all switches send the frames for `mac` towards the rival, even if its owner speaks; or forget that. */
  async divert(mac: string, action: 'replace' | 'del'): Promise<void> {
    const kind = action === 'replace' ? ' static sticky' : '';
    const entries = TO_RIVAL.map(port => `fdb ${action} ${mac} dev ${port} master${kind}`);
    await this.switches.ask([...entries, `link show dev ${TRUNK}`].join('\n'));
  }

  /** Gives an address to the first `count` hardware addresses of the rival: each answers for it. */
  takeAddress(address: string, count: number): void {
    const lines = rivalDevices(count).flatMap(device => [
      `addr add ${address}/24 dev ${device}`,
      `link set ${device} up`,
    ]);
    this.rival.ip(lines.join('\n'));
  }

  /** Takes it from them again. Only the first device stays up, since others would answer for what the first one has. */
  leaveAddress(address: string, count: number): void {
    const lines = rivalDevices(count).flatMap((device, n) => [
      `addr del ${address}/24 dev ${device}`,
      ...(n > 0 ? [`link set ${device} down`] : []),
    ]);
    this.rival.ip(lines.join('\n'));
  }

  /** Throws an Error if the lab was started without a link. */
  setLink(change: Partial<LinkSettings>): void {
    if (!this.cable) throw new Error('this lab has no userspace link: begin the scenario with a link step');
    this.cable.set(change);
  }

  private async send(from: 'site' | 'rival', device: string, frame: Buffer): Promise<number> {
    return Number(await this.senders[from].ask(`${device} ${frame.toString('hex')}`)) - CLOCKS_APART;
  }

  close(): void {
    this.cable?.close();
    for (const each of [this.switches, ...Object.values(this.senders)]) each.close();
    for (const namespace of [this.site, this.observer, this.insider, this.rival, ...this.neighbours])
      namespace.close();
  }
}

function rivalDevices(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `eth${n}`);
}

/** Brings a device up without an address, so that it sends nothing itself. */
function quietly(device: string): string[] {
  return [`link set ${device} addrgenmode none`, `link set ${device} up`];
}

function plugged(pair: string): string[] {
  const [port, bridge] = pair.split(' ') as [string, string];
  return [`link set ${port} master ${bridge}`, ...quietly(port)];
}

/** Gives a host its addresses. */
function settle(namespace: Namespace, host: number): void {
  namespace.ip(
    [
      `addr add 10.77.0.${host}/24 dev eth0`,
      `addr add fd77::${host}/64 dev eth0 nodad`,
      'link set eth0 up',
    ].join('\n'),
  );
}
