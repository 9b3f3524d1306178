import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Libc } from '../net/libc.js';
import { addressText } from '../net/packet.js';
import { sourceFor } from '../net/route.js';
import { type Family, SOCKADDR, socketAddress } from '../net/socket.js';

/**
 * The interface towards an address on the same segment; undefined if a router is in between or the address is this
 * machine's own, since its announcements do not reach us then.
 */
export function segmentOf(libc: Libc, address: string, family: Family): string | undefined {
  const source = sourceFor(libc, socketAddress(libc, address, family), family);
  if (!source) return undefined;
  const from = addressText(source.view, SOCKADDR[family].at, family);
  const [host, scope] = address.split('%') as [string, string?];
  for (const [name, own] of Object.entries(networkInterfaces()))
    for (const each of own ?? []) {
      if (each.internal || each.address !== from || (scope !== undefined && scope !== name)) continue;
      return host !== from && inSubnet(host, each.cidr) ? name : undefined;
    }
  return undefined;
}

function inSubnet(host: string, cidr: string | null): boolean {
  const [network, bits] = cidr?.split('/') ?? [];
  if (!network || !isIP(network)) return false;
  const type = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(bits), type);
  return subnet.check(host, type);
}

/** Hardware addresses by IPv4 address, from the kernel's table: proc(5), /proc/net/arp. */
export function neighbours(): Map<string, string> {
  const lines = readFileSync('/proc/net/arp', 'utf8').split('\n').slice(1);
  const entries = lines.map(line => line.split(/\s+/)).filter(([, , flags]) => Number(flags) !== 0);
  return new Map(entries.map(([address, , , mac]) => [address!, mac!]));
}
