import type { ClockVia, Millis } from '../../src/core/sample.js';
import type { Memory } from '../net/memory.js';
import type { Family, ProbeSocket } from '../net/socket.js';
import type { ProbeTarget } from '../prober.js';

/** Whom a question was put to. */
export interface To {
  family: Family;
  /** sockaddr. */
  address: Memory;
  /** 0 where the protocol has none. */
  port: number;
}

/** What an answer contains. */
export interface Answer {
  /** The unguessable part of the request. */
  nonce: number;
  /** The guest's clock, in ms from a zero point that is always the same. */
  remoteMs: number;
  /** The port that it came from, where the address of its sender has none. */
  port?: number;
  /** How long the guest kept the question, by its own clock, where it says so. */
  heldMs?: Millis;
  /** How far off the clock's own stamps may be, where the guest says so. */
  precisionMs?: Millis;
  /** Instead of the time, a request to ask less often, or not at all; `remoteMs` has no meaning then. */
  refusal?: { code: string; forGood: boolean };
}

/** One method of asking a guest for the time. */
export interface ClockWire {
  via: ClockVia;
  /** The clock wraps around after this time. */
  periodMs: number;
  /** Whether it certainly counts ms; otherwise its readings are used once they have shown it. */
  countsMs: boolean;
  families: readonly Family[];
  /** By raw sockets: messages hold their own ports, and those for IPv4 come with an IP header. */
  raw: boolean;
  /** Bytes of a question. */
  bytes: number;
  /** The port to ask this target at; 0 where the protocol has none, undefined where this target can't be asked. */
  portOf(target: Pick<ProbeTarget, 'port'>): number | undefined;
  /** A socket to ask by; of a question that may leave. Throws a SystemError. */
  open(family: Family): ProbeSocket;
  /** Writes a question to this target. Whether it can be asked. */
  write(message: Memory, question: { seq: number; nonce: number }, to: To): boolean;
  /** The nonce of a looped question that lies here. */
  question(view: DataView, at: number, length: number): number | undefined;
  /** The answer at this place, without IP header. */
  answer(view: DataView, at: number, length: number): Answer | undefined;
  close(): void;
}
