/** ICMP timestamp messages (RFC 792): IPv4 only, 20 bytes, times in ms since midnight UTC. */
import { checksum } from '../net/packet.js';

export const TIMESTAMP_BYTES = 20;
export const TIMESTAMP_REPLY = 14;
const TIMESTAMP_REQUEST = 13;
export const DAY_MS = 86_400_000;

/** The fields that we choose. The originate stamp, which comes back unchanged, is a random number. */
export interface TimestampQuestion {
  id: number;
  seq: number;
  nonce: number;
}

export function writeTimestampRequest(
  view: DataView,
  at: number,
  { id, seq, nonce }: TimestampQuestion,
): void {
  view.setUint32(at, TIMESTAMP_REQUEST << 24);
  view.setUint16(at + 4, id);
  view.setUint16(at + 6, seq & 0xffff);
  view.setUint32(at + 8, nonce);
  view.setUint32(at + 12, 0);
  view.setUint32(at + 16, 0);
  view.setUint16(at + 2, checksum(view, at, TIMESTAMP_BYTES));
}

/** The nonce of a request of ours that the kernel looped back. */
export function readTimestampRequest(view: DataView, at: number, length: number, id: number) {
  return isTimestamp(view, at, length, TIMESTAMP_REQUEST, id) ? view.getUint32(at + 8) : undefined;
}

/**
 * The nonce of a reply, and the host's time halfway between receiving and answering; undefined if the reply is not for us,
 * or if its time is not standard: the top bit marks that, and makes it longer than a day.
 */
export function readTimestampReply(view: DataView, at: number, length: number, id: number) {
  if (!isTimestamp(view, at, length, TIMESTAMP_REPLY, id)) return undefined;
  const [received, sent] = [view.getUint32(at + 12), view.getUint32(at + 16)];
  if (received >= DAY_MS || sent >= DAY_MS) return undefined;
  return { nonce: view.getUint32(at + 8), remoteMs: received + within(sent - received, DAY_MS) / 2 };
}

/** Wraps a difference on a clock with this period into ± half of the period. */
export function within(difference: number, period: number): number {
  return difference - Math.round(difference / period) * period;
}

function isTimestamp(view: DataView, at: number, length: number, type: number, id: number): boolean {
  return (
    length >= TIMESTAMP_BYTES &&
    view.getUint8(at) === type &&
    view.getUint8(at + 1) === 0 &&
    view.getUint16(at + 4) === id
  );
}
