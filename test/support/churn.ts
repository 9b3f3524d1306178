import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { type Random, seeded } from '../../src/core/statistics/random.js';
import { Destinations, type Sent } from './destinations.js';
import { Headless, sleep } from './headless.js';
import { Lateness } from './lateness.js';
import { NameServer } from './name-server.js';
import { address, join, Namespace } from './namespace.js';
import { PATIENCE_MS } from './until.js';

const TARGETS = 60;
/** How long after its target was removed a packet may still leave: the kernel keeps it for up to 3 s while it asks for the hardware address. */
const GRACE_MS = 5000;
/** The turns, each as late as this machine makes them, that our program takes from reading its list to its last packet, at most. */
const TURNS = 10;
/** So many packets in a row to targets of the last list show that no others are sent to. */
const SETTLED = 200;
/** The gateway and ourselves, of whom the kernel asks the hardware address. */
const KERNELS_OWN = ['10.70.0.1', '10.70.0.2', '10.72.0.1', '10.72.0.2'];
/** Some names stand for the same addresses as others, and as targets that are named by their address. */
const NAMES = Array.from({ length: 24 }, (_, index) => ({
  name: `vm${index}.test`,
  addresses: [`10.71.0.${1 + (index % 16)}`, `10.71.128.${1 + (index % 16)}`],
}));

interface ChurnPlan {
  seed: number;
  /** Names are watched too, and stand for other addresses now and then. Needs dnsmasq. */
  names?: boolean;
}

/**
 * A monitor whose list of targets is rewritten at random, in a world where half of them answer and everything that
 * leaves is captured: `wrong` are the packets to addresses that the list did not name at that time.
 */
export class Churn {
  readonly wrong: string[] = [];
  rereads = 0;
  /** Packets that the capture missed; known at the end. */
  missed = 0;
  exitCode: number | null = null;
  private readonly folder = mkdtempSync(pathOf(tmpdir(), 'migwatch-churn-'));
  private readonly lateness = new Lateness();
  private readonly list = pathOf(this.folder, 'list');
  private readonly random: Random;
  private readonly world: World;
  private capture!: Destinations;
  private monitor!: Headless;
  private targets: readonly string[] = [];
  private last: ReadonlySet<string> = new Set();
  /** So many packets in a row went to the last list. */
  private pure = 0;
  /** Until when an address may be sent to. */
  private readonly allowed = new Map<string, number>(KERNELS_OWN.map(own => [own, Infinity]));

  private constructor(plan: ChurnPlan, world: World) {
    this.random = seeded(plan.seed);
    this.world = world;
  }

  /** Needs root, ip and tcpdump. */
  static async start(plan: ChurnPlan): Promise<Churn> {
    const churn = new Churn(plan, await World.create(plan.names === true));
    churn.capture = await Destinations.watch(churn.world.here, sent => churn.judge(sent));
    churn.rewrite();
    churn.monitor = Headless.start(['-i', '100ms', '-f', churn.list], command => churn.world.inside(command));
    await churn.monitor.until(({ type }) => type === 'start');
    return churn;
  }

  /** Packets that were captured. */
  get seen(): number {
    return this.capture.seen;
  }

  /** Replaces half of the targets and has the list read again. Throws when the monitor has died, or does not answer. */
  async reread(): Promise<void> {
    const former = this.targets;
    this.rewrite();
    this.monitor.lines.length = 0;
    this.monitor.errors = '';
    this.monitor.child.kill('SIGUSR1');
    await this.until(() => this.monitor.errors.includes('read again'), 'the list read again');
    this.rereads++;
    const named = new Set([...this.targets, ...former].flatMap(addressesOf));
    for (const [to, until] of this.allowed)
      if (until === Infinity && !named.has(to) && !KERNELS_OWN.includes(to))
        this.allowed.set(to, Date.now() + GRACE_MS);
    await sleep(this.random() * 40);
  }

  /** Has some names stand for other addresses, and an interface go and come, by its name or by another. */
  disturb(): void {
    this.world.rename(this.random);
    this.world.replaceInterface(this.random);
  }

  /** Waits until nobody but the targets of the last list is sent to. Throws when that is not so within a minute. */
  async settle(): Promise<void> {
    this.last = new Set([...this.targets.flatMap(addressesOf), ...KERNELS_OWN]);
    this.pure = 0;
    await this.until(() => this.pure >= SETTLED, 'packets to the last list alone');
  }

  /** Of the monitor: its memory in MB and how many descriptors are open. */
  vitals(): { rssMb: number; descriptors: number } {
    const { pid } = this.monitor.child;
    const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
    return { rssMb: Number(rss) / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  }

  /** Ends the monitor and all else. */
  async end(): Promise<void> {
    this.exitCode = await this.monitor.end();
    this.missed = await this.capture.stop();
    this.lateness.stop();
    this.world.close();
    rmSync(this.folder, { recursive: true });
  }

  private rewrite(): void {
    const kept = this.targets.filter(() => this.random() < 0.5);
    const all = new Set(kept);
    while (all.size < TARGETS) all.add(this.world.pick(this.random));
    this.targets = [...all];
    for (const to of this.targets.flatMap(addressesOf)) this.allowed.set(to, Infinity);
    writeFileSync(this.list, this.targets.join('\n'));
  }

  private judge({ at, to, isArp }: Sent): void {
    if (!isArp) this.pure = this.last.has(to) ? this.pure + 1 : 0;
    const until = this.allowed.get(to) ?? 0;
    const why = until === 0 ? 'never named' : `removed, and ${(at - until).toFixed(0)} ms beyond the grace`;
    // The kernel asks for the hardware address of a neighbour long after the last packet.
    const late = TURNS * this.lateness.worstMs;
    if (isArp ? until === 0 : at > until + late)
      this.wrong.push(`${to} at ${new Date(at).toISOString()}: ${why}`);
  }

  private async until(holds: () => boolean, what: string): Promise<void> {
    const { child } = this.monitor;
    for (const limit = Date.now() + PATIENCE_MS; !holds(); await sleep(5)) {
      const ended = child.signalCode ?? child.exitCode;
      if (ended !== null) throw new Error(`the monitor ended by ${ended}: ${this.monitor.errors}`);
      if (Date.now() > limit) throw new Error(`not within a minute: ${what}`);
    }
  }
}

/** Two namespaces, many addresses of which half answer, and maybe a name server. */
class World {
  private near = 'near0';

  private constructor(
    readonly here: Namespace,
    private readonly there: Namespace,
    private readonly names: NameServer | undefined,
  ) {}

  static async create(withNames: boolean): Promise<World> {
    const [here, there] = await Promise.all([Namespace.create(), Namespace.create()]);
    join(here, there, 'wire', 70);
    // What nobody named leaves by the same way, so that it is captured.
    here.run('ip route add default via 10.70.0.2');
    here.run('ip route add default via fd00:70::2');
    there.run('ip route add local 10.71.0.0/16 dev lo');
    there.run('ip route add local fd00:71::/64 dev lo');
    there.run('ip rule add from 10.71.128.0/17 blackhole');
    const world = new World(here, there, withNames ? await NameServer.start(here, firstNames()) : undefined);
    world.plug();
    return world;
  }

  inside(command: string[]): string[] {
    return this.names ? this.names.inside(command) : this.here.inside(command);
  }

  /** A target: an address beyond the gateway, on the segment, of this machine, or a name. */
  pick(random: Random): string {
    const below = (count: number) => Math.floor(random() * count);
    const kinds = [
      () => `10.71.${below(256)}.${below(256)}`,
      () => `fd00:71::${(1 + below(0xffff)).toString(16)}`,
      () => `10.71.${below(2) * 128}.${1 + below(16)}`,
      () => `10.72.0.${3 + below(250)}`,
      () => `127.0.0.${1 + below(3)}`,
      () => (this.names ? NAMES[below(NAMES.length)]!.name : 'localhost'),
    ];
    return kinds[below(kinds.length)]!();
  }

  /** Each name stands for one of its two addresses: the first answers. */
  rename(random: Random): void {
    this.names?.set(
      Object.fromEntries(NAMES.map(({ name, addresses }) => [name, addresses[random() < 0.3 ? 0 : 1]!])),
    );
  }

  replaceInterface(random: Random): void {
    this.here.run(`ip link del ${this.near}`);
    if (random() < 0.5) this.near = this.near === 'near0' ? 'near1' : 'near0';
    this.plug();
  }

  close(): void {
    this.names?.close();
    this.here.close();
    this.there.close();
  }

  /** A segment, of which half the addresses are nobody's. */
  private plug(): void {
    const { here, there, near } = this;
    here.run(`ip link add ${near} type veth peer name ${near} netns ${there.pid}`);
    address(here, near, 72, 1);
    address(there, near, 72, 2);
    there.run('ip route replace local 10.72.0.128/25 dev lo');
  }
}

function firstNames(): Record<string, string> {
  return Object.fromEntries(NAMES.map(({ name, addresses }) => [name, addresses[0]!]));
}

/** Where a target of the list may be: wherever its name has ever led. */
function addressesOf(target: string): readonly string[] {
  if (target === 'localhost') return ['127.0.0.1', '::1'];
  return NAMES.find(({ name }) => name === target)?.addresses ?? [target];
}
