import type { Millis } from '../sample.js';
import type { MigrationAnswer, Protection } from './answers.js';

/** What a sample of a stream's payload is made of. */
export interface Content {
  /** The number of bytes that were read. */
  sampled: number;
  /** Bits a byte, 0 to 8. */
  entropy: number;
  /** Of the blocks of 64 bytes. */
  textShare: number;
  /** Pages of zeros, and all pages, if it is a QEMU stream: estimates. */
  zeroPages: number;
  pages: number;
}

/** The share of the pages of a QEMU stream that hold zeros only. */
export function zeroShareOf({ zeroPages, pages }: Content): number {
  return pages === 0 ? 0 : zeroPages / pages;
}

/** A text that was looked for in a stream. */
export interface Canary {
  count: number;
  /** Offsets of the first ones, in bytes from the beginning of their channel. */
  places: readonly number[];
}

/** Bytes over time in slots of the same width, from the start of the stream. */
export interface RateSlots {
  widthMs: Millis;
  bytes: readonly number[];
}

/** A stream on the wire: the connections, or the tunnel, by which two ends send each other something. */
export interface WireStream {
  /** The sender of most bytes, such as `10.0.0.1:49152`, and its peer. */
  from: string;
  to: string;
  startedAt: Millis;
  endedAt: Millis;
  /** From `from` to `to`, without headers of TCP and below. */
  bytes: number;
  /** The other way. */
  backBytes: number;
  /** Connections. */
  channels: number;
  /** The name of its recogniser, or `unknown`. */
  protocol: string;
  protection: Protection;
  migration: MigrationAnswer;
  /** The reason for `migration`. */
  why: string;
  /** What was read in it. Its texts come from the stream, are short and ASCII. */
  details: readonly string[];
  rate: RateSlots;
  /** Payload bytes that were captured. */
  captured: number;
  content: Content;
  canary?: Canary;
  /** At most 64 bytes of the stream, escaped; only where the user asked for it. */
  revealed?: string;
}

/** A migration that anyone on its way could read: a finding of its own. */
export function isInClear({ migration, protection }: Pick<WireStream, 'migration' | 'protection'>): boolean {
  return migration !== 'no' && protection === 'clear';
}
