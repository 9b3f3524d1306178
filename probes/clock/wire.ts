import type { ClockVia } from '../../src/core/sample.js';
import type { Memory } from '../net/memory.js';
import type { Family, ProbeSocket } from '../net/socket.js';

/** What an answer contains. */
export interface Answer {
  /** The question's unguessable part. */
  nonce: number;
  /** The guest's clock, in ms from a zero point that is always the same. */
  remoteMs: number;
}

/** One way of asking a guest for the time. */
export interface ClockWire {
  via: ClockVia;
  /** The clock's reading starts anew after so much. */
  periodMs: number;
  /** Whether it is sure to count ms; else readings are believed once they have shown it. */
  countsMs: boolean;
  families: readonly Family[];
  /** Bytes of a question. */
  bytes: number;
  /** A socket to ask by; of a question that may leave. Throws a SystemError. */
  open(family: Family): ProbeSocket;
  /** Writes a question to this address, sockaddr. Whether it can be asked. */
  write(message: Memory, question: { seq: number; nonce: number }, to: Memory, family: Family): boolean;
  /** The nonce of a looped question that lies here. */
  question(view: DataView, at: number, length: number): number | undefined;
  /** The answer that lies here, without IP header. */
  answer(view: DataView, at: number, length: number): Answer | undefined;
  close(): void;
}
