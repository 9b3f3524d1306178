import { getRandomValues } from 'node:crypto';
import type { Libc } from '../net/libc.js';
import { ProbeSocket } from '../net/socket.js';
import { ERA_MS, NTP_BYTES, NTP_PORT, readNtpAnswer, readNtpRequest, writeNtpRequest } from './ntp.js';
import type { ClockWire } from './wire.js';

/**
 * The guest's time of day, where it serves NTP. From an ephemeral port, as an ordinary user. The cookie of a request has 64
 * bits that nobody can guess: its nonce, and the nonce under a secret of ours.
 */
export function ntpClock(libc: Libc): ClockWire {
  const secret = getRandomValues(new Uint32Array(1))[0]!;
  const cookieOf = (nonce: number) => (BigInt(nonce) << 32n) | BigInt((nonce ^ secret) >>> 0);
  const nonceOf = (cookie: bigint | undefined) => {
    if (cookie === undefined) return undefined;
    const nonce = Number(cookie >> 32n);
    return cookieOf(nonce) === cookie ? nonce : undefined;
  };
  return {
    via: 'ntp',
    periodMs: ERA_MS,
    countsMs: true,
    families: [4, 6],
    raw: false,
    bytes: NTP_BYTES,
    portOf: () => NTP_PORT,
    open(family) {
      const socket = new ProbeSocket(libc, 'datagram', family, 'udp');
      try {
        return socket.prepare();
      } catch (error) {
        socket.close();
        throw error;
      }
    },
    write({ view }, { nonce }) {
      writeNtpRequest(view, 0, cookieOf(nonce));
      return true;
    },
    question: (view, at, length) => nonceOf(readNtpRequest(view, at, length)),
    answer(view, at, length) {
      const { cookie, ...found } = readNtpAnswer(view, at, length) ?? {};
      const nonce = nonceOf(cookie);
      return nonce === undefined ? undefined : { remoteMs: Number.NaN, ...found, nonce };
    },
    close() {},
  };
}
