/**
 * NTP messages (RFC 5905, section 7.3), client and server mode: 48 bytes, stamps of 32 bits of seconds since 1900 and 32
 * bits of their fraction. A client's own stamps are of no use to a server, so that a request holds nothing but a random
 * transmit stamp, which the answer repeats as its origin (draft-ietf-ntp-data-minimization).
 */
import type { Millis } from '../../src/core/sample.js';

export const NTP_BYTES = 48;
export const NTP_PORT = 123;
/** An era: after so much, in 2036 for the first time, the seconds start anew. */
export const ERA_MS: Millis = 2 ** 32 * 1000;
/** 1970 in seconds since 1900. */
const UNIX_EPOCH = 2_208_988_800;

const VERSION_4 = 4 << 3;
const MODE = 0x07;
const CLIENT = 3;
const SERVER = 4;
const ORIGIN = 24;
const RECEIVE = 32;
const TRANSMIT = 40;
/** Precisions outside of this range, in powers of 2 s, are not of a clock: 15 ns to 1 s. */
const PRECISION = { min: -26, max: 0 };

/** Kisses of death that a client has to obey (section 7.4), and whether they hold for good. */
const REFUSALS: Record<string, boolean> = { RATE: false, DENY: true, RSTR: true };

/** What a server answered to the request with this cookie. */
export type NtpAnswer = { cookie: bigint } & (
  | { refusal: { code: string; forGood: boolean } }
  | { refusal?: never; remoteMs: Millis; heldMs: Millis; precisionMs: Millis }
);

/** A request of a client: version 4, and the cookie as its transmit stamp. */
export function writeNtpRequest(view: DataView, at: number, cookie: bigint): void {
  for (let byte = 0; byte < NTP_BYTES; byte++) view.setUint8(at + byte, 0);
  view.setUint8(at, VERSION_4 | CLIENT);
  view.setBigUint64(at + TRANSMIT, cookie);
}

/** The cookie of a request of ours that the kernel looped back. */
export function readNtpRequest(view: DataView, at: number, length: number): bigint | undefined {
  if (length < NTP_BYTES || view.getUint8(at) !== (VERSION_4 | CLIENT)) return undefined;
  return view.getBigUint64(at + TRANSMIT);
}

/**
 * The middle of the server's receive and transmit stamps in ms since 1970, give or take whole eras, the time between
 * them, and the precision of its clock; or its kiss of death. Undefined for anything else: another mode or version,
 * missing stamps, one that was sent before it was received, a kiss that a client may ignore. A server that follows no
 * reference (leap indicator 3) is read as well: its clock stands still with it just the same.
 */
export function readNtpAnswer(view: DataView, at: number, length: number): NtpAnswer | undefined {
  if (length < NTP_BYTES || (view.getUint8(at) & MODE) !== SERVER) return undefined;
  const version = (view.getUint8(at) >> 3) & MODE;
  if (version < 3 || version > 4) return undefined;
  const cookie = view.getBigUint64(at + ORIGIN);
  if (view.getUint8(at + 1) === 0) {
    const code = String.fromCharCode(...[12, 13, 14, 15].map(byte => view.getUint8(at + byte)));
    return Object.hasOwn(REFUSALS, code)
      ? { cookie, refusal: { code, forGood: REFUSALS[code]! } }
      : undefined;
  }
  const [received, sent] = [view.getBigUint64(at + RECEIVE), view.getBigUint64(at + TRANSMIT)];
  const held = stampMs(BigInt.asUintN(64, sent - received));
  const exponent = view.getInt8(at + 3);
  const isClock = exponent >= PRECISION.min && exponent <= PRECISION.max;
  if (received === 0n || sent === 0n || held >= ERA_MS / 2 || !isClock) return undefined;
  const remoteMs = stampMs(received) - UNIX_EPOCH * 1000 + held / 2;
  return { cookie, remoteMs, heldMs: held, precisionMs: 1000 * 2 ** exponent };
}

function stampMs(stamp: bigint): Millis {
  return Number(stamp >> 32n) * 1000 + (Number(stamp & 0xffff_ffffn) / 2 ** 32) * 1000;
}
