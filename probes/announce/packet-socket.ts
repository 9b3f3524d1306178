import { attachFilter, equals, type Instruction, keep, load } from '../icmp/filter.js';
import type { Libc } from '../icmp/libc.js';
import { Memory } from '../icmp/memory.js';
import { AF_PACKET, RAW, SystemError } from '../icmp/socket.js';
import { ETHERTYPE } from './frames.js';

const SOL_SOCKET = 1;
const SO_TIMESTAMPING = 37;
/** SOF_TIMESTAMPING_RX_SOFTWARE and _SOFTWARE. */
const RX_SOFTWARE = 8 | 16;
const SOCKADDR_LL_BYTES = 20;
/** Where in a sockaddr_ll the interface's index lies. */
const INDEX_AT = 4;
const ETH_P_ALL = 3;
const FRAME_BYTES = 256;
/** Ancillary data of the filter machine: the packet's type, of which 4 are those that we send. */
const PACKET_TYPE = 0xfffff000 + 4;
const OUTGOING = 4;

/** Passes what others send of ARP, RARP and neighbour advertisements. */
const ANNOUNCEMENTS: readonly Instruction[] = [
  load('word', PACKET_TYPE),
  equals(OUTGOING, 8, 0),
  load('half', 12),
  equals(ETHERTYPE.arp, 7, 0),
  equals(ETHERTYPE.rarp, 6, 0),
  equals(ETHERTYPE.ipv6, 0, 4),
  load('byte', 20),
  equals(58, 0, 2),
  load('byte', 54),
  equals(136, 1, 0),
  keep(0),
  keep(FRAME_BYTES),
];

/** Opens a packet socket that listens on an interface, or, with 0, on none. Throws a SystemError when it is refused. */
export function openPacketSocket(libc: Libc, interfaceIndex: number): number {
  // With protocol 0 nothing comes until it is bound.
  const fd = libc.socket(AF_PACKET, RAW, 0);
  if (fd < 0) throw new SystemError('a packet socket', libc.errorName());
  const stamps = new Memory(4);
  stamps.view.setInt32(0, RX_SOFTWARE, true);
  const done =
    libc.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, stamps.bytes) === 0 &&
    attachFilter(libc, fd, ANNOUNCEMENTS) &&
    (interfaceIndex === 0 || listenOn(libc, fd, interfaceIndex));
  if (done) return fd;
  const error = new SystemError('a packet socket for announcements', libc.errorName());
  libc.close(fd);
  throw error;
}

/** Has a packet socket listen on this interface from now on. Whether the kernel agreed. */
export function listenOn(libc: Libc, fd: number, interfaceIndex: number): boolean {
  const address = new Memory(SOCKADDR_LL_BYTES);
  address.view.setUint16(0, AF_PACKET, true);
  address.view.setUint16(2, ETH_P_ALL);
  address.view.setInt32(INDEX_AT, interfaceIndex, true);
  return libc.bind(fd, address.bytes) === 0;
}

/** Tells whether the interface that a packet socket listens on was deleted: the kernel unbinds it then for good. */
export function isUnbound(libc: Libc, fd: number): boolean {
  const { bytes, view } = new Memory(SOCKADDR_LL_BYTES);
  return libc.getsockname(fd, bytes) === 0 && view.getInt32(INDEX_AT, true) < 0;
}
