import { Cursor } from './cursor.js';
import type { Recogniser } from './recogniser.js';

/*
 * WireGuard over UDP on any port: a byte 1 to 4, then three zero bytes. The handshake's messages have the lengths 148 and 92, a
 * cookie 64; data is 32 bytes and a multiple of 16. The capture may be cut, so the length is that on the wire.
 *
 * Not to be trusted for: what is inside. One tunnel carries all traffic of its ends.
 * Reference: wireguard.com/protocol; Donenfeld, WireGuard, NDSS 2017, 5.4.
 */
const KINDS: Readonly<Record<number, { name: string; fits(length: number): boolean }>> = {
  1: { name: 'handshake seen', fits: length => length === 148 },
  2: { name: 'handshake seen', fits: length => length === 92 },
  3: { name: 'cookie seen', fits: length => length === 64 },
  4: { name: 'data', fits: length => length >= 32 && length % 16 === 0 },
};

export const wireguard: Recogniser = {
  name: 'wireguard',
  looksFor: 'WireGuard: its message types and their lengths',
  recognise({ transport, client, length }) {
    const first = new Cursor(client).number(4);
    const kind = first !== undefined && first % 2 ** 24 === 0 ? KINDS[first / 2 ** 24] : undefined;
    if (transport !== 'udp' || !kind?.fits(length)) return undefined;
    return { protection: 'wireguard', migration: 'possible', details: [`WireGuard, ${kind.name}`] };
  },
};
