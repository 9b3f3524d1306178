/**
 * Sockets that were opened while we were permitted to, for when we no longer are: root opens them and becomes an
 * ordinary user, and whoever asks libc for such a socket later, on whatever thread, gets one of these.
 * They are bound to nothing, closed in every child, and deaf until they are lent.
 */
import { attachFilter, keep } from './filter.js';
import type { Libc } from './libc.js';
import { AF_PACKET, EchoSocket, type Family, type Protocol, RAW } from './socket.js';

/** The same in every thread: descriptors belong to the process. */
export interface Held {
  sockets: readonly { domain: number; protocol: number; fd: number }[];
  /** By socket: the thread that it is lent to, or 0. Shared, so that no two get the same. */
  borrowers: Int32Array;
}

/**
 * A thread takes up to two of IPv4, for echoes and clocks, and one for those who are silent; a further thread starts for
 * every name that resolves only later. Every raw TCP socket is handed a copy of each segment, so those are few.
 */
const ECHO_SOCKETS: readonly [Protocol, Family, count: number][] = [
  ['icmp', 4, 24],
  ['icmp', 6, 12],
  ['tcp', 4, 2],
  ['tcp', 6, 2],
];
/** One a segment and thread. */
const PACKET_SOCKETS = 12;

const SOL_SOCKET = 1;
const SO_DETACH_FILTER = 27;

let held: Held | undefined;

export function heldSockets(): Held | undefined {
  return held;
}

/** Makes the process's sockets known to this thread. */
export function hold(sockets: Held | undefined): void {
  held = sockets;
}

/** Opens what may be needed. What is refused, as IPv6 where the machine has none, is left out. */
export function openHeld(libc: Libc): void {
  const sockets = [
    ...ECHO_SOCKETS.flatMap(([protocol, family, count]) =>
      times(count, () => openEcho(libc, protocol, family)),
    ),
    ...times(PACKET_SOCKETS, () => [{ domain: AF_PACKET, protocol: 0, fd: libc.socket(AF_PACKET, RAW, 0) }]),
  ].filter(({ fd }) => fd >= 0);
  hold({ sockets, borrowers: new Int32Array(new SharedArrayBuffer(4 * sockets.length)) });
}

function openEcho(libc: Libc, protocol: Protocol, family: Family) {
  try {
    const socket = new EchoSocket(libc, 'raw', family, protocol);
    socket.enlarge();
    // Unlike a filter program, this one is asked before the kernel copies a packet.
    if (protocol === 'icmp') socket.pass(undefined);
    deafen(libc, socket.fd);
    const { fd, domain, number } = socket;
    return [{ domain, protocol: number, fd }];
  } catch {
    return [];
  }
}

/** A libc whose raw sockets are the held ones as long as there are any, lent to this thread until it closes them. */
export function lending(libc: Libc, { sockets, borrowers }: Held, thread: number): Libc {
  const free = (domain: number, protocol: number) =>
    sockets.findIndex(
      (socket, place) =>
        socket.domain === domain &&
        socket.protocol === protocol &&
        Atomics.compareExchange(borrowers, place, 0, thread) === 0,
    );
  return {
    ...libc,
    socket(domain, type, protocol) {
      const place = type === RAW ? free(domain, protocol) : -1;
      if (place < 0) return libc.socket(domain, type, protocol);
      const { fd } = sockets[place]!;
      libc.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, new Uint8Array(4));
      return fd;
    },
    close(fd) {
      const place = sockets.findIndex(socket => socket.fd === fd);
      if (place < 0) return libc.close(fd);
      deafen(libc, fd);
      Atomics.store(borrowers, place, 0);
      return 0;
    },
  };
}

/** Takes back what a thread that has ended was lent: it may not have come to closing it. */
export function reclaim({ borrowers }: Held, thread: number): void {
  for (let place = 0; place < borrowers.length; place++) Atomics.compareExchange(borrowers, place, thread, 0);
}

function deafen(libc: Libc, fd: number): void {
  attachFilter(libc, fd, [keep(0)]);
}

function times<T>(count: number, make: () => readonly T[]): T[] {
  return Array.from({ length: count }, make).flat();
}
