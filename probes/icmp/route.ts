import type { Libc, Memory } from './libc.js';
import { AF, type Family, SOCKADDR } from './socket.js';

const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

/**
 * The address that packets to `to`, a sockaddr, leave from, as a sockaddr: the kernel's own answer, since connecting
 * a UDP socket looks up the route and sends nothing. Undefined where there is no route.
 */
export function sourceFor(libc: Libc, to: Memory, family: Family): Memory | undefined {
  const fd = libc.socket(AF[family], SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return undefined;
  try {
    const { length } = SOCKADDR[family];
    const target = libc.allocate(length);
    target.bytes.set(to.bytes.subarray(0, length));
    // A UDP port of 0 can't be connected to.
    target.view.setUint16(2, 9);
    if (libc.connect(fd, target.address, length) < 0) return undefined;
    const source = libc.allocate(length);
    const room = libc.allocate(4);
    room.view.setUint32(0, length, true);
    return libc.getsockname(fd, source.address, room.address) < 0 ? undefined : source;
  } finally {
    libc.close(fd);
  }
}
