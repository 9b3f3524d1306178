/** What packets of every protocol have in common: checksum, IPv4 header, addresses. */
import type { Family } from './socket.js';

/** The Internet checksum (RFC 1071) of an even number of bytes. */
export function checksum(view: DataView, at: number, length: number): number {
  let sum = 0;
  for (let offset = 0; offset < length; offset += 2) sum += view.getUint16(at + offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Bytes of the IPv4 header before a message from a raw socket; more than `length` if it is too short. */
export function ipv4HeaderBytes(view: DataView, at: number, length: number): number {
  return length < 20 ? length + 1 : (view.getUint8(at) & 15) * 4;
}

/** An address in its usual spelling (RFC 5952, but for the IPv4-mapped). */
export function addressText(view: DataView, at: number, family: Family): string {
  if (family === 4) return [0, 1, 2, 3].map(byte => view.getUint8(at + byte)).join('.');
  const groups = Array.from({ length: 8 }, (_, group) => view.getUint16(at + group * 2).toString(16)).join(
    ':',
  );
  const zeros = [...groups.matchAll(/\b0(:0)+\b/g)]
    .map(([run]) => run)
    .sort((a, b) => b.length - a.length)[0];
  if (zeros === undefined) return groups;
  const start = groups.search(new RegExp(`(?<![^:])${zeros}(?![^:])`));
  return `${groups.slice(0, start).replace(/:$/, '')}::${groups.slice(start + zeros.length).replace(/^:/, '')}`;
}
