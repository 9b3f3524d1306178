import type { Millis, Sample } from '../../src/core/sample.js';
import type { Family } from '../net/socket.js';
import type { ProbeTarget } from '../prober.js';

/** One way of probing the targets of a probing thread: the loop calls all of its channels in turn. */
export interface Channel {
  /** Throws a SystemError when a socket is refused: close it then. */
  open(): void;
  /** Descriptors to wait for. */
  fds: readonly number[];
  /** When `send` has something to do next. */
  deadline: Millis;
  /** Sends what was due at `now`. Everything that came until `now` has been read before. */
  send(now: Millis): void;
  /** Reads what waits, or a part of it that costs no more than its share. */
  read(): void;
  /** Opens what a family needs, before any channel changes. Throws a SystemError when a socket is refused. */
  prepare?(family: Family): void;
  /** Adds a target, at an index that is free. Throws as `readdress` does. */
  add(index: number, target: ProbeTarget): void;
  remove(index: number): void;
  /** Changes a target's address. Throws a RangeError for an invalid address, a SystemError when a socket is refused. */
  readdress(index: number, address: string, family: Family): void;
  /** A target answers echoes again after a long silence. */
  returned?(index: number): void;
  close(): void;
}

/** What a channel reports to its loop. */
export interface ChannelPorts {
  emit(sample: Sample): void;
  notice(text: string): void;
  /** `fds` of a channel have changed. */
  fdsChanged(): void;
  /** Reads what waits on all channels: for one that sends many probes in a row. */
  readAll(): void;
  /** A target answers echoes again after a long silence. */
  returned(index: number): void;
}
