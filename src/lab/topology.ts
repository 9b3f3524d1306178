import { once } from 'node:events';
import { Cable } from './cable.js';
import type { LinkSettings } from './link-settings.js';
import { Namespace } from './namespace.js';

/** Hosts beside the VM that never move: the last number of their address, and their bridge. */
const NEIGHBOURS = [
  { host: 2, bridge: 'bra' },
  { host: 3, bridge: 'brb' },
  { host: 4, bridge: 'brc' },
] as const;
/** A second observer, on the hypervisor where the VM boots. */
const INSIDER = { host: 5, bridge: 'bra' } as const;
export const NEIGHBOUR_HOSTS = NEIGHBOURS.map(({ host }) => host);

/** The VM's port on either hypervisor. */
export const TAPS = ['vma', 'vmb'] as const;
export type Tap = (typeof TAPS)[number];

/** Two hypervisors' bridges, `bra` and `brb`, and the switch `brc` between them, with the observer's trunk. */
const SITE = [
  ...['bra', 'brb', 'brc'].map(name => `link add ${name} type bridge mcast_snooping 0`),
  'link add ta type veth peer name tac',
  'link add tb type veth peer name tbc',
  ...TAPS.map(tap => `tuntap add ${tap} mode tap`),
  ...['bra', 'brb', 'brc'].flatMap(quietly),
  ...['ta bra', 'tac brc', 'tb brb', 'tbc brc', 'vma bra', 'vmb brb'].flatMap(plugged),
];

/** The bridge port of all the observer's traffic. */
const TRUNK = 'trunk';

/** The lab's network: the site with its hypervisors, the observer, and a few hosts that are not VMs. */
export class Topology {
  private constructor(
    readonly site: Namespace,
    readonly observer: Namespace,
    /** On the hypervisor where the VM boots. */
    readonly insider: Namespace,
    private readonly neighbours: readonly Namespace[],
    private readonly cable: Cable | undefined,
  ) {}

  /** With `link`, the trunk is a userspace cable with these settings, otherwise a veth pair. */
  static async build(link?: Partial<LinkSettings>): Promise<Topology> {
    const [site, observer, insider, ...neighbours] = await Promise.all(
      Array.from({ length: 3 + NEIGHBOURS.length }, () => Namespace.create()),
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
    return new Topology(site!, observer!, insider!, neighbours, cable);
  }

  /**
   * Makes a bridge port drop all frames, or forward again. The port stays up, so that no carrier is lost, as if a cable
   * were cut farther away.
   */
  async setPort(port: Tap | 'trunk', state: 'cut' | 'forwarding'): Promise<void> {
    const number = state === 'cut' ? '0' : '3';
    const command = ['bridge', 'link', 'set', 'dev', port, 'state', number];
    const [code] = await once(this.site.spawn(command, { stdio: ['ignore', 'ignore', 'inherit'] }), 'close');
    if (code !== 0) throw new Error(`could not set bridge port ${port} to ${state}`);
  }

  /** Throws an Error if the lab was started without a link. */
  setLink(change: Partial<LinkSettings>): void {
    if (!this.cable) throw new Error('this lab has no userspace link: begin the scenario with a link step');
    this.cable.set(change);
  }

  close(): void {
    this.cable?.close();
    for (const namespace of [this.site, this.observer, this.insider, ...this.neighbours]) namespace.close();
  }
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
