import type { Libc } from './libc.js';
import { Memory } from './memory.js';
import { AF, type Family, SOCKADDR } from './socket.js';

const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

/**
 * The source address of packets to `to`, both as sockaddrs; undefined without a route. It is the kernel's own choice:
 * connecting a UDP socket looks up the route and sends nothing.
 */
export function sourceFor(libc: Libc, to: Memory, family: Family): Memory | undefined {
  const fd = libc.socket(AF[family], SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return undefined;
  try {
    const { length } = SOCKADDR[family];
    const [target, source] = [new Memory(length), new Memory(length)];
    target.bytes.set(to.bytes);
    // A UDP port of 0 can't be connected to.
    target.view.setUint16(2, 9);
    if (libc.connect(fd, target.bytes) < 0) return undefined;
    return libc.getsockname(fd, source.bytes) < 0 ? undefined : source;
  } finally {
    libc.close(fd);
  }
}
