import { isIP } from 'node:net';
import { safeJson } from '../../src/core/format/safe-json.js';

/** A capture that the user asks for: a network interface, and the hypervisors whose streams are of interest; none: all. */
export interface WireSpec {
  device: string;
  hosts: readonly string[];
}

export const WIRE_FORM = 'IFACE[:HOST,…]';
/** The kernel's limit, IFNAMSIZ − 1. */
const DEVICE = /^[A-Za-z0-9][\w.@-]{0,14}$/;
const MAX_HOSTS = 64;

/** Reads `eth1:10.0.0.1,10.0.0.2`. Throws a RangeError that says what is wrong. */
export function parseWire(text: string): WireSpec {
  const [, device = '', list] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (!DEVICE.test(device))
    throw new RangeError(
      `${safeJson(text)} names no network interface: write ${WIRE_FORM}, such as eth1:10.0.0.1,10.0.0.2`,
    );
  return { device, hosts: list === undefined ? [] : parseHosts(list) };
}

/** Reads a list of addresses. Throws a RangeError for a name: a capture filters by addresses. */
export function parseHosts(list: string): readonly string[] {
  const hosts = list.split(',');
  const wrong = hosts.find(host => isIP(host) === 0);
  if (wrong !== undefined)
    throw new RangeError(`${safeJson(wrong)} is not an IP address: name hypervisors by their addresses`);
  if (hosts.length > MAX_HOSTS) throw new RangeError(`at most ${MAX_HOSTS} hosts, not ${hosts.length}`);
  return hosts;
}
