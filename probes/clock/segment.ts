/** SYN segments with a timestamp option, and their answers (RFC 9293, RFC 7323). */

/** A header of 20 bytes, and 20 bytes of options: MSS, SACK permitted, timestamps, padding and window scale. */
export const SYN_BYTES = 40;
const SYN = 0x02;
const ACK = 0x10;
const FLAGS = 0x3f;
const TIMESTAMPS = 8;
const TCP = 6;

export interface Syn {
  from: number;
  to: number;
  /** The initial sequence number. */
  isn: number;
}

/** Writes all but the checksum. */
export function writeSyn(view: DataView, at: number, { from, to, isn }: Syn): void {
  view.setUint16(at, from);
  view.setUint16(at + 2, to);
  view.setUint32(at + 4, isn);
  view.setUint32(at + 8, 0);
  view.setUint16(at + 12, ((SYN_BYTES / 4) << 12) | SYN);
  view.setUint16(at + 14, 64240);
  view.setUint32(at + 16, 0);
  view.setUint32(at + 20, 0x020405b4);
  view.setUint32(at + 24, 0x0402080a);
  view.setUint32(at + 28, isn);
  view.setUint32(at + 32, 0);
  view.setUint32(at + 36, 0x01030307);
}

/** Writes the checksum of a segment for IPv4; both addresses are numbers. */
export function sumUp(view: DataView, at: number, source: number, destination: number): void {
  view.setUint16(at + 16, 0);
  let sum = TCP + SYN_BYTES;
  for (const address of [source, destination]) sum += (address >>> 16) + (address & 0xffff);
  for (let offset = 0; offset < SYN_BYTES; offset += 2) sum += view.getUint16(at + offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(at + 16, ~sum & 0xffff);
}

/** The initial sequence number of a SYN from this port. */
export function readSyn(view: DataView, at: number, length: number, from: number) {
  const ours = length >= SYN_BYTES && view.getUint16(at) === from && (view.getUint8(at + 13) & FLAGS) === SYN;
  return ours ? view.getUint32(at + 4) : undefined;
}

/**
 * Of a SYN-ACK to this port: where it came from, the initial sequence number that it acknowledges, and its TSval;
 * undefined where it is none, or has none.
 */
export function readSynAck(view: DataView, at: number, length: number, to: number) {
  if (length < 20 || view.getUint16(at + 2) !== to) return undefined;
  if ((view.getUint8(at + 13) & FLAGS) !== (SYN | ACK)) return undefined;
  const end = at + Math.min(length, (view.getUint8(at + 12) >> 4) * 4);
  const from = view.getUint16(at);
  const isn = (view.getUint32(at + 8) - 1) >>> 0;
  for (let option = at + 20; option < end; ) {
    const kind = view.getUint8(option);
    if (kind === 0) return undefined;
    if (kind === 1) {
      option++;
      continue;
    }
    const size = option + 1 < end ? view.getUint8(option + 1) : 0;
    if (size < 2 || option + size > end) return undefined;
    if (kind === TIMESTAMPS && size === 10) return { from, isn, tsval: view.getUint32(option + 2) };
    option += size;
  }
  return undefined;
}
