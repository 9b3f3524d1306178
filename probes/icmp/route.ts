import type { Libc, Memory } from './libc.js';
import { AF, type Family, SOCKADDR } from './socket.js';

const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;

/** The address that packets to `to`, a sockaddr, leave from; undefined where there is no route. */
export type SourceFor = (to: Memory, family: Family) => Memory | undefined;

/**
 * Tells sources, as sockaddrs: the kernel's own answer, since connecting a UDP socket looks up the route and sends
 * nothing. Each answer overwrites the one before: memory for the kernel is never freed, so it is used again.
 */
export function sourceFinder(libc: Libc): SourceFor {
  const [target, source] = [libc.allocate(SOCKADDR[6].length), libc.allocate(SOCKADDR[6].length)];
  const room = libc.allocate(4);
  return (to, family) => {
    const fd = libc.socket(AF[family], SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0) return undefined;
    try {
      const { length } = SOCKADDR[family];
      target.bytes.set(to.bytes.subarray(0, length));
      // A UDP port of 0 can't be connected to.
      target.view.setUint16(2, 9);
      if (libc.connect(fd, target.address, length) < 0) return undefined;
      room.view.setUint32(0, length, true);
      return libc.getsockname(fd, source.address, room.address) < 0 ? undefined : source;
    } finally {
      libc.close(fd);
    }
  };
}
