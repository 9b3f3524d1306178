import type { Millis } from '../core/sample.js';

const ETHERNET = 14;
const TYPE_IPV4 = 0x0800;
const PROTOCOL_ICMP = 1;
/** The types of ICMP requests (RFC 792). */
const REQUESTS = { echo: 8, timestamp: 13 } as const;

/** The source and the destination of an IPv4 packet in an Ethernet frame; none of another. */
export function ipv4Of(frame: Buffer): string[] {
  if (frame.length < ETHERNET + 20 || frame.readUInt16BE(12) !== TYPE_IPV4) return [];
  return [26, 30].map(at => frame.subarray(at, at + 4).join('.'));
}

/** Whether a frame holds an ICMP request of one of these kinds. */
export function isIcmpRequest(frame: Buffer, kinds: readonly (keyof typeof REQUESTS)[]): boolean {
  if (ipv4Of(frame).length === 0 || frame[ETHERNET + 9] !== PROTOCOL_ICMP) return false;
  const type = frame[ETHERNET + 4 * (frame[ETHERNET]! & 0x0f)];
  return kinds.some(kind => REQUESTS[kind] === type);
}

/** A token bucket that holds a fifth of a second's packets, and at least one: what policers usually allow as a burst. */
export class Policer {
  private tokens = 0;
  private last: Millis = 0;

  /** Whether one more packet passes at `now`. */
  passes(perSecond: number, now: Millis): boolean {
    const burst = Math.max(1, perSecond / 5);
    this.tokens = Math.min(burst, this.tokens + ((now - this.last) / 1000) * perSecond);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
