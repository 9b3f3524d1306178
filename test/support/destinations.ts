import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Namespace } from './namespace.js';

/** Echo requests of both families, ICMP timestamp requests, and questions for a neighbour's hardware address. */
const FILTER = 'icmp[0] = 8 or icmp[0] = 13 or (icmp6 and ip6[40] = 128) or arp[6:2] = 1';
const PACKET =
  /^(?<at>\d+\.\d+) .*? (?:IP6? \S+ > (?<host>[^ :]+(?::[^ ]+)*): ICMP|ARP, Request who-has (?<neighbour>\S+?)[ ,])/;

/** One packet that left for, or asks for, an address. */
export interface Sent {
  /** Of the kernel's clock, in ms since 1970. */
  at: number;
  to: string;
  /** Asks for the hardware address alone. */
  isArp: boolean;
}

/** What a namespace sends to whom, as tcpdump sees it on all interfaces. */
export class Destinations {
  /** How many packets were seen. */
  seen = 0;
  private said = '';

  private constructor(
    private readonly tcpdump: ChildProcess,
    private readonly ended: Promise<unknown>,
  ) {}

  /** Resolves once it captures. Calls `each` for each packet, within about a second. */
  static async watch(namespace: Namespace, each: (sent: Sent) => void): Promise<Destinations> {
    const options = ['-i', 'any', '-Q', 'out', '-n', '-tt', '-l', '-s', '128', '-B', '16384', '-Z', 'root'];
    const tcpdump = namespace.spawn(['tcpdump', ...options, FILTER], { stdio: ['ignore', 'pipe', 'pipe'] });
    const capture = new Destinations(tcpdump, once(tcpdump, 'close'));
    createInterface({ input: tcpdump.stdout! }).on('line', line => {
      const { at, host, neighbour } = PACKET.exec(line)?.groups ?? {};
      if (at === undefined) return;
      capture.seen++;
      each({ at: Number(at) * 1000, to: (host ?? neighbour)!, isArp: neighbour !== undefined });
    });
    const listening = new Promise<void>(done =>
      tcpdump.stderr!.on('data', text => {
        capture.said += text;
        if (/listening on/.test(capture.said)) done();
      }),
    );
    await Promise.race([listening, capture.ended]);
    return capture;
  }

  /** Ends it, whole or not. */
  close(): void {
    this.tcpdump.kill('SIGKILL');
  }

  /** Ends it once all is told. Returns how many packets it missed. */
  async stop(): Promise<number> {
    this.tcpdump.kill('SIGINT');
    await this.ended;
    return Number(/^(\d+) packets dropped by kernel/m.exec(this.said)?.[1]);
  }
}
