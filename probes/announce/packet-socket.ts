import { attachFilter, equals, type Instruction, keep, load } from '../net/filter.js';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import { AF_PACKET, type Family, openPacketSocket, SystemError } from '../net/socket.js';
import { ETHERTYPE } from './frames.js';

const SOL_SOCKET = 1;
const SO_TIMESTAMPING = 37;
/** SOF_TIMESTAMPING_RX_SOFTWARE and _SOFTWARE. */
const RX_SOFTWARE = 8 | 16;
const SOCKADDR_LL_BYTES = 20;
/** Where in a sockaddr_ll the interface's index lies. */
const INDEX_AT = 4;
const FRAME_BYTES = 256;
const ICMPV6 = 58;
const ADVERTISEMENT = 136;

/**
 * What to receive of each protocol. A socket that is bound to one protocol gets incoming frames only, and costs nothing
 * for the frames of the others.
 */
const FILTERS: Record<number, readonly Instruction[]> = {
  [ETHERTYPE.arp]: [keep(FRAME_BYTES)],
  [ETHERTYPE.rarp]: [keep(FRAME_BYTES)],
  [ETHERTYPE.ipv6]: [
    load('byte', 20),
    equals(ICMPV6, 0, 3),
    load('byte', 54),
    equals(ADVERTISEMENT, 0, 1),
    keep(FRAME_BYTES),
    keep(0),
  ],
};
/** The protocols that announce an address. RARP announces a hardware address, whatever the family. */
const PROTOCOLS: Record<Family, readonly number[]> = {
  4: [ETHERTYPE.arp, ETHERTYPE.rarp],
  6: [ETHERTYPE.ipv6, ETHERTYPE.rarp],
};

/** The sockets that receive announcements on one interface: one for each protocol, opened when it is first needed. */
export class SegmentSockets {
  private readonly byProtocol = new Map<number, number>();

  constructor(private readonly libc: Libc) {}

  get fds(): number[] {
    return [...this.byProtocol.values()];
  }

  /**
   * Also receives announcements of addresses of this family. Index 0 means that the interface has just gone; then it
   * receives from the next `bind` on. Throws a SystemError if a socket is refused.
   */
  receive(family: Family, interfaceIndex: number): void {
    for (const protocol of PROTOCOLS[family])
      if (!this.byProtocol.has(protocol))
        this.byProtocol.set(protocol, openFiltered(this.libc, protocol, interfaceIndex));
  }

  /** Receives from this interface from now on. Returns false if the kernel refuses. */
  bind(interfaceIndex: number): boolean {
    return [...this.byProtocol].every(([protocol, fd]) => bindTo(this.libc, fd, protocol, interfaceIndex));
  }

  /** Whether one of the sockets is bound to no interface: the kernel unbinds it when the interface is deleted. */
  get unbound(): boolean {
    return this.fds.some(fd => isUnbound(this.libc, fd));
  }

  close(): void {
    for (const fd of this.fds) this.libc.close(fd);
    this.byProtocol.clear();
  }
}

function openFiltered(libc: Libc, protocol: number, interfaceIndex: number): number {
  const fd = openPacketSocket(libc);
  const stamps = new Memory(4);
  stamps.view.setInt32(0, RX_SOFTWARE, true);
  const done =
    libc.setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, stamps.bytes) === 0 &&
    attachFilter(libc, fd, FILTERS[protocol]!) &&
    // For the kernel, index 0 means every interface.
    (interfaceIndex === 0 || bindTo(libc, fd, protocol, interfaceIndex));
  if (done) return fd;
  const error = new SystemError('a packet socket for announcements', libc.errorName());
  libc.close(fd);
  throw error;
}

function bindTo(libc: Libc, fd: number, protocol: number, interfaceIndex: number): boolean {
  const address = new Memory(SOCKADDR_LL_BYTES);
  address.view.setUint16(0, AF_PACKET, true);
  address.view.setUint16(2, protocol);
  address.view.setInt32(INDEX_AT, interfaceIndex, true);
  return libc.bind(fd, address.bytes) === 0;
}

/** Whether a packet socket is bound to no interface: the kernel unbinds it for good when that is deleted. */
function isUnbound(libc: Libc, fd: number): boolean {
  const { bytes, view } = new Memory(SOCKADDR_LL_BYTES);
  return libc.getsockname(fd, bytes) === 0 && view.getInt32(INDEX_AT, true) <= 0;
}
