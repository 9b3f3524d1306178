import type { Libc } from './libc.js';
import { Memory } from './memory.js';

export const BATCH = 32;
const NAME_BYTES = 32;
const CONTROL_BYTES = 256;
const DATA_BYTES = 256;
/** sizeof(struct mmsghdr), and its msg_namelen, msg_controllen, msg_flags and msg_len. */
const MMSGHDR = {
  bytes: 64,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
  length: 56,
};

const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;

/** Errors that mean that the socket itself is no longer usable, rather than that the network said something. */
const BROKEN = ['EBADF', 'ENOTSOCK', 'EFAULT', 'EINVAL'];

/** Room for one batch of received messages: recvmmsg(2). */
export class Inbox {
  private readonly memory: Memory;
  private used = BATCH;

  constructor(private readonly libc: Libc) {
    this.memory = new Memory(BATCH * (MMSGHDR.bytes + 16 + NAME_BYTES + CONTROL_BYTES + DATA_BYTES));
    const { view } = this.memory;
    const point = (at: number, to: number) => libc.point(this.memory, at, to);
    for (let i = 0; i < BATCH; i++) {
      const header = i * MMSGHDR.bytes;
      const iov = BATCH * MMSGHDR.bytes + i * 16;
      point(header + MMSGHDR.name, this.name(i));
      point(header + MMSGHDR.iov, iov);
      view.setUint32(header + MMSGHDR.iovLength, 1, true);
      point(header + MMSGHDR.control, this.control(i));
      point(iov, this.data(i));
      view.setUint32(iov + 8, DATA_BYTES, true);
    }
  }

  get view(): DataView {
    return this.memory.view;
  }

  /** Takes up to a batch of what waits; fewer means that nothing waits any more. Throws when the socket is gone. */
  receive(fd: number, flags: number): number {
    // The kernel wrote the lengths that it used over those that it may use.
    for (let i = 0; i < this.used; i++) {
      this.view.setUint32(i * MMSGHDR.bytes + MMSGHDR.nameLength, NAME_BYTES, true);
      this.view.setUint32(i * MMSGHDR.bytes + MMSGHDR.controlLength, CONTROL_BYTES, true);
    }
    this.used = this.attempt(fd, flags);
    return this.used;
  }

  private attempt(fd: number, flags: number, tries = 2): number {
    const count = this.libc.recvmmsg(fd, this.memory.bytes, BATCH, MSG_DONTWAIT | flags);
    if (count >= 0) return count;
    const code = this.libc.errorName();
    if (BROKEN.includes(code)) throw new Error(`receiving from the ICMP socket failed: ${code}`);
    // An ICMP error that was waiting is reported once here, and again, with its details, by the error queue.
    return code === 'EAGAIN' || tries === 1 ? 0 : this.attempt(fd, flags, tries - 1);
  }

  name(i: number): number {
    return BATCH * (MMSGHDR.bytes + 16) + i * NAME_BYTES;
  }

  control(i: number): number {
    return BATCH * (MMSGHDR.bytes + 16 + NAME_BYTES) + i * CONTROL_BYTES;
  }

  controlLength(i: number): number {
    return this.view.getUint32(i * MMSGHDR.bytes + MMSGHDR.controlLength, true);
  }

  data(i: number): number {
    return BATCH * (MMSGHDR.bytes + 16 + NAME_BYTES + CONTROL_BYTES) + i * DATA_BYTES;
  }

  length(i: number): number {
    return this.view.getUint32(i * MMSGHDR.bytes + MMSGHDR.length, true);
  }
}
