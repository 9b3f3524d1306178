import type { Millis } from '../../src/core/sample.js';
import type { Family } from '../net/socket.js';
import type { ProbeTarget } from '../prober.js';

/** What is done beside the echoes, on the same thread. */
export interface Channel {
  /** Throws a SystemError when a socket is refused: close it then. */
  open(): void;
  /** Descriptors that something to read comes by. */
  fds: readonly number[];
  /** When it wants to send next. */
  deadline: Millis;
  /** Sends what is due. */
  ask(): void;
  /** Reads what waits, or a part of it that costs no more than its share. */
  read(): void;
  /** One target more, at an index that is free. Throws as `readdress` does. */
  add(index: number, target: ProbeTarget): void;
  remove(index: number): void;
  /** A target has another address. Throws where that is none, or a socket is refused. */
  readdress(index: number, address: string, family: Family): void;
  /** A target answers echoes again after a long silence. */
  returned?(index: number): void;
  close(): void;
}
