import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Flood, Forgery, Host } from './flooder.js';
import { Namespace } from './namespace.js';

const HOSTS = { watcher: 1, target: 2, attacker: 3 } as const;
const device = 'eth';
const macOf = (host: number) => `0a5e0000000${host}`;
const spelt = (mac: string) => mac.replace(/..(?=.)/g, '$&:');
const hostOf = (host: number): Host => ({ mac: macOf(host), ip: `0a5e000${host}` });

/** A switch with a watcher 10.94.0.1, a target 10.94.0.2 and an attacker 10.94.0.3, each in a namespace of its own. */
export class Segment {
  static readonly target = '10.94.0.2';

  private constructor(
    private readonly bridge: Namespace,
    readonly watcher: Namespace,
    readonly target: Namespace,
    private readonly attacker: Namespace,
  ) {}

  static async create(): Promise<Segment> {
    const [bridge, watcher, target, attacker] = await Promise.all([
      Namespace.create(),
      Namespace.create(),
      Namespace.create(),
      Namespace.create(),
    ]);
    bridge.run('ip link add switch type bridge');
    bridge.run('ip link set switch up');
    for (const [name, namespace] of Object.entries({ watcher, target, attacker })) {
      const host = HOSTS[name as keyof typeof HOSTS];
      bridge.run(
        `ip link add ${name} type veth peer name ${device} address ${spelt(macOf(host))} netns ${namespace.pid}`,
      );
      bridge.run(`ip link set ${name} master switch up`);
      // No frames that nobody asked for: they would show the switch where each host is.
      namespace.run(`ip link set ${device} addrgenmode none`);
      namespace.run(`ip addr add 10.94.0.${host}/24 dev ${device}`);
      namespace.run(`ip link set ${device} up`);
    }
    // Whoever believes a forged ARP loses the target in truth, which is another matter.
    const neighbour = (host: number) =>
      `ip neigh add 10.94.0.${host} lladdr ${spelt(macOf(host))} nud permanent dev ${device}`;
    watcher.run(neighbour(HOSTS.target));
    target.run(neighbour(HOSTS.watcher));
    return new Segment(bridge, watcher, target, attacker);
  }

  /** Gives the target `count` more addresses, all behind its one hardware address. */
  crowd(count: number): string[] {
    const addresses = Array.from({ length: count }, (_, index) => `10.95.${index >> 8}.${index & 255}`);
    this.target.ip(addresses.map(address => `addr add ${address}/32 dev ${device}`).join('\n'));
    this.watcher.run(`ip addr add 10.95.255.254/16 dev ${device}`);
    this.target.run(`ip route add 10.95.0.0/16 dev ${device}`);
    this.target.run(
      `ip neigh add 10.95.255.254 lladdr ${spelt(macOf(HOSTS.watcher))} nud permanent dev ${device}`,
    );
    const mac = spelt(macOf(HOSTS.target));
    this.watcher.ip(
      addresses.map(address => `neigh add ${address} lladdr ${mac} nud permanent dev ${device}`).join('\n'),
    );
    return addresses;
  }

  /** Floods the segment; resolves with how many frames were sent. */
  async flood(kinds: readonly Forgery[], perSecond: number, seconds: number): Promise<number> {
    const flood: Flood = {
      ...{ device, kinds, perSecond, seconds },
      ...{ watcher: hostOf(HOSTS.watcher), target: hostOf(HOSTS.target) },
    };
    const program = fileURLToPath(new URL('./flooder.js', import.meta.url));
    const child = this.attacker.spawn([process.execPath, program, JSON.stringify(flood)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', text => (output += text));
    await once(child, 'close');
    return Number(output);
  }

  /** Has the switch send the target's traffic to the attacker for so long: one forged RARP begins it, one ARP request ends it. */
  async steal(ms: number): Promise<void> {
    await this.flood(['steal', 'ask'], 1000 / ms, (1.5 * ms) / 1000);
  }

  close(): void {
    for (const each of [this.watcher, this.target, this.attacker, this.bridge]) each.close();
  }
}
