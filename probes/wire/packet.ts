/**
 * Finds TCP, ESP and UDP in a frame. Bounded by the captured bytes: no length in a header is believed beyond them.
 *
 * Reference: RFC 791, 8200, 9293, 768, 4303; https://www.tcpdump.org/linktypes.html.
 */
import type { Frame } from './capture/frame.js';

/** One packet, reused for the next one: whoever keeps something copies it. */
export interface Packet {
  at: number;
  protocol: number;
  /** Both addresses and ports, source first: the bytes as Latin-1, for use as a key. */
  source: string;
  destination: string;
  /** TCP only. */
  sequence: number;
  flags: number;
  /** The captured part of the payload. */
  payload: Buffer;
  /** The payload on the wire. */
  length: number;
}

export const TCP = 6;
export const UDP = 17;
export const ESP = 50;
export const [FIN, SYN, RST, ACK] = [0x01, 0x02, 0x04, 0x10];

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** 802.1Q, 802.1ad and the older QinQ. */
const VLAN = new Set([0x8100, 0x88a8, 0x9100]);
const MAX_TAGS = 4;
const MAX_EXTENSIONS = 8;
/** Hop-by-hop, routing, destination options and fragment; their second byte is a length in units of 8, less one. */
const EXTENSIONS = new Set([0, 43, 60]);
const FRAGMENT = 44;

/** Where the network layer begins, by link type; undefined: no IP in this frame. */
const LINKS: Readonly<Record<number, (bytes: Buffer) => number | undefined>> = {
  // Loopback of BSD: the address family in the byte order of the machine.
  0: () => 4,
  1: bytes => ethernet(bytes, 12),
  // Raw IP, by several numbers.
  12: () => 0,
  14: () => 0,
  101: () => 0,
  228: () => 0,
  229: () => 0,
  108: () => 4,
  113: bytes => ethernet(bytes, 14),
  276: bytes => (bytes.length >= 20 ? tagged(bytes, bytes.readUInt16BE(0), 20) : undefined),
};

export const LINK_NAMES = 'Ethernet, Linux cooked (v1, v2), raw IP and loopback';

export function isKnownLink(link: number): boolean {
  return Object.hasOwn(LINKS, link);
}

/** The packet in the frame; undefined if it is not TCP, UDP or ESP, or not the first fragment. */
export function packetIn(frame: Frame): Packet | undefined {
  if (!isKnownLink(frame.link)) return undefined;
  const { bytes } = frame;
  const at = LINKS[frame.link]!(bytes);
  if (at === undefined || at >= bytes.length) return undefined;
  const version = bytes[at]! >> 4;
  if (version === 4) return ipv4(frame, at);
  return version === 6 ? ipv6(frame, at) : undefined;
}

function ethernet(bytes: Buffer, at: number): number | undefined {
  return bytes.length >= at + 2 ? tagged(bytes, bytes.readUInt16BE(at), at + 2) : undefined;
}

/** Behind the VLAN tags. */
function tagged(bytes: Buffer, type: number, at: number): number | undefined {
  let [inner, next] = [type, at];
  for (let tags = 0; VLAN.has(inner) && tags < MAX_TAGS; tags++) {
    if (bytes.length < next + 4) return undefined;
    inner = bytes.readUInt16BE(next + 2);
    next += 4;
  }
  return inner === IPV4 || inner === IPV6 ? next : undefined;
}

function ipv4({ bytes, length, at: time }: Frame, at: number): Packet | undefined {
  if (bytes.length < at + 20) return undefined;
  const header = (bytes[at]! & 0x0f) * 4;
  const stated = bytes.readUInt16BE(at + 2);
  // Behind the first fragment there is no header of a transport.
  if (header < 20 || (bytes.readUInt16BE(at + 6) & 0x1fff) !== 0) return undefined;
  // A frame that the network card is to cut later may state 0.
  const total = stated === 0 ? length - at : stated;
  const source = bytes.toString('latin1', at + 12, at + 16);
  const destination = bytes.toString('latin1', at + 16, at + 20);
  return transport(bytes, time, {
    ...{ protocol: bytes[at + 9]!, start: at + header, end: Math.min(at + total, length) },
    ...{ source, destination },
  });
}

function ipv6({ bytes, length, at: time }: Frame, at: number): Packet | undefined {
  if (bytes.length < at + 40) return undefined;
  const stated = bytes.readUInt16BE(at + 4);
  const end = stated === 0 ? length : Math.min(at + 40 + stated, length);
  let protocol = bytes[at + 6]!;
  let start = at + 40;
  for (let count = 0; count < MAX_EXTENSIONS; count++) {
    const isFragment = protocol === FRAGMENT;
    if (!isFragment && !EXTENSIONS.has(protocol)) break;
    if (bytes.length < start + 8) return undefined;
    if (isFragment && (bytes.readUInt16BE(start + 2) & 0xfff8) !== 0) return undefined;
    protocol = bytes[start]!;
    start += isFragment ? 8 : 8 * (bytes[start + 1]! + 1);
  }
  const source = bytes.toString('latin1', at + 8, at + 24);
  const destination = bytes.toString('latin1', at + 24, at + 40);
  return transport(bytes, time, { protocol, start, end, source, destination });
}

interface Datagram {
  protocol: number;
  /** Of the transport's header, and the end of the payload on the wire, from the beginning of the frame. */
  start: number;
  end: number;
  source: string;
  destination: string;
}

const packet: Packet = {
  ...{ at: 0, protocol: 0, source: '', destination: '', sequence: 0, flags: 0 },
  ...{ payload: Buffer.alloc(0), length: 0 },
};

function transport(bytes: Buffer, time: number, datagram: Datagram): Packet | undefined {
  const { protocol, start } = datagram;
  if (protocol === ESP) return fill(bytes, time, datagram, { header: 0, ports: 0, sequence: 0, flags: 0 });
  const least = protocol === TCP ? 20 : 8;
  if ((protocol !== TCP && protocol !== UDP) || bytes.length < start + least) return undefined;
  if (protocol === UDP) return fill(bytes, time, datagram, { header: 8, ports: 4, sequence: 0, flags: 0 });
  const header = (bytes[start + 12]! >> 4) * 4;
  if (header < 20) return undefined;
  const sequence = bytes.readUInt32BE(start + 4);
  return fill(bytes, time, datagram, { header, ports: 4, sequence, flags: bytes[start + 13]! });
}

function fill(
  bytes: Buffer,
  time: number,
  { protocol, start, end, source, destination }: Datagram,
  { header, ports, sequence, flags }: { header: number; ports: number; sequence: number; flags: number },
): Packet {
  const from = start + header;
  packet.at = time;
  packet.protocol = protocol;
  packet.source = ports === 0 ? source : source + bytes.toString('latin1', start, start + 2);
  packet.destination =
    ports === 0 ? destination : destination + bytes.toString('latin1', start + 2, start + 4);
  packet.sequence = sequence;
  packet.flags = flags;
  packet.length = Math.max(0, end - from);
  packet.payload = bytes.subarray(Math.min(from, bytes.length), Math.max(0, Math.min(end, bytes.length)));
  return packet;
}
