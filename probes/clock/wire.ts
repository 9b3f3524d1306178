import type { ClockVia } from '../../src/core/sample.js';
import type { Memory } from '../net/memory.js';
import type { Family, ProbeSocket } from '../net/socket.js';

/** What an answer contains. */
export interface Answer {
  /** The unguessable part of the request. */
  nonce: number;
  /** The guest's clock, in ms from a zero point that is always the same. */
  remoteMs: number;
}

/** One method of asking a guest for the time. */
export interface ClockWire {
  via: ClockVia;
  /** The clock wraps around after this time. */
  periodMs: number;
  /** Whether it certainly counts ms; otherwise its readings are used once they have shown it. */
  countsMs: boolean;
  families: readonly Family[];
  /** Length of a request. */
  bytes: number;
  /** Opens a socket for requests. Throws a SystemError if it is refused. */
  open(family: Family): ProbeSocket;
  /** Writes a request to this address, a sockaddr. Returns whether it can be sent. */
  write(message: Memory, question: { seq: number; nonce: number }, to: Memory, family: Family): boolean;
  /** The nonce of the looped request at this place. */
  question(view: DataView, at: number, length: number): number | undefined;
  /** The answer at this place, without IP header. */
  answer(view: DataView, at: number, length: number): Answer | undefined;
  close(): void;
}
