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

/** Errors of the socket itself, which is not usable any more. Other errors come from the network. */
const BROKEN = ['EBADF', 'ENOTSOCK', 'EFAULT', 'EINVAL'];

/** Buffers for one batch of received messages: recvmmsg(2). */
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

  /** Receives at most a batch, and returns the count; fewer than a batch means that nothing is left. Throws when the socket is gone. */
  receive(fd: number, flags: number): number {
    // The kernel has overwritten the lengths of the buffers with those that it used.
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
    // A pending ICMP error is reported once here, and again, with its details, in the error queue.
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
