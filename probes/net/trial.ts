import { type Libc, loadLibc } from './libc.js';
import { type Family, openPacketSocket, ProbeSocket } from './socket.js';

export const TRIAL_SOCKETS = ['datagram', 'raw', 'tcp', 'udp', 'packet'] as const;

/** A socket to open and close again, to find out whether the kernel allows it. */
export interface Trial {
  socket: (typeof TRIAL_SOCKETS)[number];
  family: Family;
}

const OPEN: Record<Trial['socket'], (libc: Libc, family: Family) => number> = {
  datagram: (libc, family) => new ProbeSocket(libc, 'datagram', family).fd,
  raw: (libc, family) => new ProbeSocket(libc, 'raw', family).fd,
  tcp: (libc, family) => new ProbeSocket(libc, 'raw', family, 'tcp').fd,
  udp: (libc, family) => new ProbeSocket(libc, 'datagram', family, 'udp').fd,
  packet: libc => openPacketSocket(libc),
};

/** Rejects with a SystemError if the kernel refuses the socket, and with an Error if libc cannot be called. */
export async function trySocket({ socket, family }: Trial): Promise<void> {
  const libc = await loadLibc();
  libc.close(OPEN[socket](libc, family));
}
