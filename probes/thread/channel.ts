import type { Millis, Sample } from '../../src/core/sample.js';
import type { Family } from '../net/socket.js';
import type { ProbeTarget } from '../prober.js';

/** One way of probing the targets of a probing thread: the loop calls all of its channels in turn. */
export interface Channel {
  /** Throws a SystemError if a socket is refused: close the channel then. */
  open(): void;
  /** Descriptors to wait for. */
  fds: readonly number[];
  /** When `send` has something to do next. */
  deadline: Millis;
  /** Sends the probes that are due at `now`. Everything that arrived until `now` was read before. */
  send(now: Millis): void;
  /** Reads waiting packets, at most as many as bound the cost of a flood. */
  read(): void;
  /** Opens the sockets of a family, before any channel changes. Throws a SystemError if a socket is refused. */
  prepare?(family: Family): void;
  /** Adds a target, at an index that is free. Throws as `readdress` does. */
  add(index: number, target: ProbeTarget): void;
  remove(index: number): void;
  /** Changes a target's address. Throws a RangeError for an invalid address, and a SystemError if a socket is refused. */
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
  /** Reads waiting packets on all channels: for a channel that sends many probes in a row. */
  readAll(): void;
  /** A target answers echoes again after a long silence. */
  returned(index: number): void;
}
