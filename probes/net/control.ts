/** The ancillary data of a received message: time stamp, TTL, error (cmsg(3), ip(7), ipv6(7)). */
import type { Millis } from '../../src/core/sample.js';
import type { Family } from './socket.js';

const CMSG_HEADER = 16;
const SOL_SOCKET = 1;
const SCM_TIMESTAMPING = 37;
/** IP_TTL and IPV6_HOPLIMIT; IP_RECVERR and IPV6_RECVERR. */
const LEVEL: Record<Family, number> = { 4: 0, 6: 41 };
const TTL: Record<Family, number> = { 4: 2, 6: 52 };
const ERROR: Record<Family, number> = { 4: 11, 6: 25 };

const EXTENDED_ERROR_BYTES = 16;
/** SO_EE_ORIGIN_ICMP and _ICMP6: the error came from the network as an ICMP message. */
const FROM_ICMP = [2, 3];

/** Stamps count from here, so that a double holds them to some 20 ns. */
const BASE_SECONDS = 1.7e9;

/** Reads one message's ancillary data at a time. */
export class ControlReader {
  /** The kernel's CLOCK_REALTIME in ms since `BASE_SECONDS`; NaN without a stamp. */
  stamp: Millis = Number.NaN;
  ttl = Number.NaN;
  /** Whether an ICMP error brought the message. */
  icmpError = false;
  /** Offset of the sockaddr of the error's sender, or -1. */
  offenderAt = -1;

  read(view: DataView, at: number, length: number, family: Family): void {
    this.stamp = this.ttl = Number.NaN;
    this.icmpError = false;
    this.offenderAt = -1;
    const end = at + length;
    for (let bytes = 0; at + CMSG_HEADER <= end; at += (bytes + 7) & ~7) {
      bytes = view.getUint32(at, true);
      if (bytes < CMSG_HEADER || at + bytes > end) return;
      const [level, type] = [view.getInt32(at + 8, true), view.getInt32(at + 12, true)];
      if (level === SOL_SOCKET && type === SCM_TIMESTAMPING) this.stamp = timeAt(view, at + CMSG_HEADER);
      else if (level === LEVEL[family] && type === TTL[family])
        this.ttl = view.getInt32(at + CMSG_HEADER, true);
      else if (level === LEVEL[family] && type === ERROR[family]) this.error(view, at + CMSG_HEADER);
    }
  }

  private error(view: DataView, at: number): void {
    this.icmpError = FROM_ICMP.includes(view.getUint8(at + 4));
    this.offenderAt = at + EXTENDED_ERROR_BYTES;
  }
}

/** A struct timespec of CLOCK_REALTIME in ms since `BASE_SECONDS`; NaN if it is zero, which means no stamp. */
export function timeAt(view: DataView, at: number): Millis {
  const seconds = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (seconds === 0) return Number.NaN;
  return (seconds - BASE_SECONDS) * 1000 + view.getUint32(at + 8, true) / 1e6;
}
