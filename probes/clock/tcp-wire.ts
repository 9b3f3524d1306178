import { equals, type Instruction, keep, load } from '../net/filter.js';
import type { Libc } from '../net/libc.js';
import { random32 } from '../net/random.js';
import { sourceFor } from '../net/route.js';
import { type Family, ProbeSocket, SOCKADDR, SystemError } from '../net/socket.js';
import { readSyn, readSynAck, SYN_BYTES, sumUp, writeSyn } from './segment.js';
import type { ClockWire } from './wire.js';

/** Source ports: below those of this machine's own connections (ip_local_port_range), above the well-known ones. */
const PORTS = { first: 20_000, count: 12_000 };
const IPPROTO_IPV6 = 41;
const IPV6_CHECKSUM = 7;
/** Where a segment's checksum lies. */
const CHECKSUM_AT = 16;

/**
 * The guest's monotonic clock, by the timestamp of the SYN-ACK that a port answers with: the target's own port, else
 * `usual`, unless that is 0. All by one source port: Linux adds a random number of its own for each pair of addresses and
 * ports.
 */
export function tcpClock(libc: Libc, usual: number): ClockWire {
  const from = PORTS.first + (random32() % PORTS.count);
  return {
    via: 'tcp',
    periodMs: 2 ** 32,
    countsMs: false,
    families: [4, 6],
    raw: true,
    bytes: SYN_BYTES,
    portOf: ({ port = usual }) => port || undefined,
    open(family) {
      const socket = new ProbeSocket(libc, 'raw', family, 'tcp');
      try {
        socket.prepare().filter(portOnly(family, from));
        if (family === 4 || socket.set(IPPROTO_IPV6, IPV6_CHECKSUM, int(CHECKSUM_AT))) return socket;
        throw new SystemError('checksums of a raw TCP socket', libc.errorName());
      } catch (error) {
        socket.close();
        throw error;
      }
    },
    write(message, { nonce }, { family, address: destination, port }) {
      writeSyn(message.view, 0, { from, to: port, isn: nonce });
      // For IPv6 the kernel does the sum.
      if (family === 6) return true;
      const source = sourceFor(libc, destination, family);
      if (!source) return false;
      const { at } = SOCKADDR[4];
      sumUp(message.view, 0, source.view.getUint32(at), destination.view.getUint32(at));
      return true;
    },
    question: (view, at, length) => readSyn(view, at, length, from),
    answer(view, at, length) {
      const found = readSynAck(view, at, length, from);
      return found && { nonce: found.isn, remoteMs: found.tsval, port: found.from };
    },
    close() {},
  };
}

/** A raw TCP socket gets every segment that comes to this machine: passes those to one port. */
function portOnly(family: Family, to: number): Instruction[] {
  // With IPv4 the IP header comes first: 20 bytes, since nobody sends options with a SYN-ACK.
  const tcp = family === 4 ? 20 : 0;
  return [load('half', tcp + 2), equals(to, 0, 1), keep(256), keep(0)];
}

function int(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Int32Array.of(value).buffer);
}
