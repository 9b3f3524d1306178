/** Frames that announce where an address is: ARP, reverse ARP and neighbour advertisements on Ethernet. Pure. */
import type { AnnounceVia } from '../../src/core/sample.js';
import { addressText } from '../net/packet.js';

export interface Announcement {
  via: AnnounceVia;
  /** The announced hardware address. */
  mac: string;
  /** The IP address that has it; RARP does not contain it. */
  address?: string;
  gratuitous: boolean;
}

export const ETHERTYPE = { arp: 0x0806, rarp: 0x8035, ipv6: 0x86dd } as const;
const HEADER_BYTES = 14;
/** For IPv4 over Ethernet (RFC 826): hardware type, protocol type, and the lengths of both addresses. */
const IPV4_OVER_ETHERNET = [0x0001, 0x0800, 0x0604];
const ARP_BYTES = 28;
const ARP_REPLY = 2;
const RARP_REQUEST = 3;
const IPV6_BYTES = 40;
const ICMPV6 = 58;
const ADVERTISEMENT = 136;
const SOLICITED = 0x40;
/** The target's link-layer address among the options, which count in units of 8 bytes. */
const TARGET_MAC = 2;

/** What a frame of `length` bytes announces; undefined for any other frame, or a damaged one. */
export function readFrame(view: DataView, at: number, length: number): Announcement | undefined {
  if (length < HEADER_BYTES) return undefined;
  const [body, bytes] = [at + HEADER_BYTES, length - HEADER_BYTES];
  switch (view.getUint16(at + 12)) {
    case ETHERTYPE.arp:
      return isArp(view, body, bytes) ? readArp(view, at, body) : undefined;
    case ETHERTYPE.rarp:
      return isArp(view, body, bytes) ? readRarp(view, body) : undefined;
    case ETHERTYPE.ipv6:
      return readAdvertisement(view, body, bytes);
    default:
      return undefined;
  }
}

function isArp(view: DataView, at: number, bytes: number): boolean {
  return bytes >= ARP_BYTES && IPV4_OVER_ETHERNET.every((field, i) => view.getUint16(at + 2 * i) === field);
}

/** The sender announces itself: gratuitously if it asks for its own address (RFC 5227), or answers everybody. */
function readArp(view: DataView, frame: number, at: number): Announcement | undefined {
  const operation = view.getUint16(at + 6);
  const sender = view.getUint32(at + 14);
  if (operation === 0 || operation > ARP_REPLY || sender === 0) return undefined;
  const toAll = (view.getUint8(frame) & 1) === 1;
  return {
    via: 'arp',
    mac: macText(view, at + 8),
    address: addressText(view, at + 14, 4),
    gratuitous: sender === view.getUint32(at + 24) || (operation === ARP_REPLY && toAll),
  };
}

/** QEMU asks "who is this?" about the guest's own address, to show the switches where the guest is now. */
function readRarp(view: DataView, at: number): Announcement | undefined {
  if (view.getUint16(at + 6) !== RARP_REQUEST) return undefined;
  return { via: 'rarp', mac: macText(view, at + 8), gratuitous: true };
}

/** RFC 4861 section 4.4; without a link-layer address among the options it announces nothing. */
function readAdvertisement(view: DataView, at: number, bytes: number): Announcement | undefined {
  const icmp = at + IPV6_BYTES;
  const end = at + Math.min(bytes, IPV6_BYTES + (bytes >= 6 ? view.getUint16(at + 4) : 0));
  // A hop limit of 255 proves that no router passed it on.
  if (end < icmp + 24 || view.getUint8(at + 6) !== ICMPV6 || view.getUint8(at + 7) !== 255) return undefined;
  if (view.getUint8(icmp) !== ADVERTISEMENT || view.getUint8(icmp + 1) !== 0) return undefined;
  for (let option = icmp + 24, size = 0; option + 8 <= end; option += size) {
    size = view.getUint8(option + 1) * 8;
    if (size === 0) return undefined;
    if (view.getUint8(option) !== TARGET_MAC) continue;
    return {
      via: 'advertisement',
      mac: macText(view, option + 2),
      address: addressText(view, icmp + 8, 6),
      gratuitous: (view.getUint8(icmp + 4) & SOLICITED) === 0,
    };
  }
  return undefined;
}

export function macText(view: DataView, at: number): string {
  return Array.from({ length: 6 }, (_, byte) =>
    view
      .getUint8(at + byte)
      .toString(16)
      .padStart(2, '0'),
  ).join(':');
}
