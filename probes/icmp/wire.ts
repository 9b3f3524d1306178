/** Echo requests and replies as they are on the wire (RFC 792, RFC 4443), in one layout for both families. */
import { checksum } from '../net/packet.js';
import type { Family } from '../net/socket.js';

/** Header of 8 bytes and 56 bytes of payload, as `ping` sends. */
export const MESSAGE_BYTES = 64;
const HEADER_BYTES = 8;

export const ECHO_REQUEST: Record<Family, number> = { 4: 8, 6: 128 };
export const ECHO_REPLY: Record<Family, number> = { 4: 0, 6: 129 };

/** What all probes of a target carry, so that nobody can answer a probe without having seen one. */
export interface EchoIdentity {
  family: Family;
  /** On the wire; a datagram socket overwrites it with its own. */
  id: number;
  /** Unguessable: two random numbers of 32 bits. */
  token: readonly [number, number];
  /** The target's index in the plan. */
  index: number;
}

/** Writes all of a request but its sequence number. */
export function writeRequest(view: DataView, at: number, { family, id, token, index }: EchoIdentity): void {
  view.setUint8(at, ECHO_REQUEST[family]);
  view.setUint16(at + 4, id);
  view.setUint32(at + 8, token[0]);
  view.setUint32(at + 12, token[1]);
  view.setUint32(at + 16, index);
  for (let byte = 24; byte < MESSAGE_BYTES; byte++) view.setUint8(at + byte, byte);
}

/** Writes the number and the checksum of a request. For ICMPv6 and datagram sockets the kernel computes the checksum again. */
export function number(view: DataView, at: number, seq: number): void {
  view.setUint16(at + 6, seq & 0xffff);
  view.setUint32(at + 20, seq);
  view.setUint16(at + 2, 0);
  view.setUint16(at + 2, checksum(view, at, MESSAGE_BYTES));
}

/** Reads echo messages, ours or others', one at a time, without allocating an object for each. */
export class EchoReader {
  id = 0;
  /** The 16 bits that the header holds. */
  wireSeq = 0;
  token0 = 0;
  token1 = 0;
  index = 0;
  seq = 0;
  /** Whether the payload is there: an ICMP error may quote only the header. */
  whole = false;

  /** Whether there is an echo message of this type. */
  read(view: DataView, at: number, length: number, type: number): boolean {
    if (length < HEADER_BYTES || view.getUint8(at) !== type || view.getUint8(at + 1) !== 0) return false;
    this.id = view.getUint16(at + 4);
    this.wireSeq = view.getUint16(at + 6);
    this.whole = length >= MESSAGE_BYTES;
    if (!this.whole) return true;
    this.token0 = view.getUint32(at + 8);
    this.token1 = view.getUint32(at + 12);
    this.index = view.getUint32(at + 16);
    this.seq = view.getUint32(at + 20);
    return true;
  }

  /** Whether the message carries this identity's token, and its two sequence numbers agree. */
  carries({ token, index }: EchoIdentity): boolean {
    return (
      this.whole &&
      this.token0 === token[0] &&
      this.token1 === token[1] &&
      this.index === index &&
      this.wireSeq === (this.seq & 0xffff)
    );
  }
}
