import type { Millis } from '../../src/core/sample.js';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';

const POLLIN = 1;
const POLLFD_BYTES = 8;
/** Offset of the first descriptor's revents. */
const REVENTS = 6;

/** Descriptors in the form that ppoll(2) takes, that of an eventfd first. */
export class PollSet {
  private readonly polled: Memory;
  private readonly count: number;
  private readonly timeout = new Memory(16);

  constructor(
    private readonly libc: Libc,
    wake: number,
    others: readonly number[],
  ) {
    const fds = [wake, ...others];
    this.count = fds.length;
    this.polled = new Memory(fds.length * POLLFD_BYTES);
    fds.forEach((fd, place) => {
      this.polled.view.setInt32(place * POLLFD_BYTES, fd, true);
      this.polled.view.setInt16(place * POLLFD_BYTES + 4, POLLIN, true);
    });
  }

  /** Sleeps until a descriptor has something to read, at most `ms`. Returns whether the eventfd has. */
  wait(ms: Millis, which: 'all' | 'eventfd'): boolean {
    this.timeout.view.setUint32(8, Math.ceil(ms * 1e6), true);
    const count = which === 'all' ? this.count : 1;
    const ready = this.libc.ppoll(this.polled.bytes, count, this.timeout.bytes);
    return ready > 0 && this.polled.view.getInt16(REVENTS, true) !== 0;
  }
}
