import type { Libc } from '../icmp/libc.js';
import { isUnbound, listenOn, openPacketSocket } from './packet-socket.js';

interface Segment {
  fd: number;
  /** How many targets are behind the interface. */
  targets: number;
  /** Whether the interface is missing at the moment. */
  gone: boolean;
}

/** The packet sockets of the segments that targets are on, by the name of the interface. One with no target is closed. */
export class Segments {
  /** Their descriptors. */
  fds: readonly number[] = [];
  private readonly segments = new Map<string, Segment>();

  constructor(
    private readonly libc: Libc,
    private readonly notice: (text: string) => void,
  ) {}

  /** Counts a target in, and listens on its interface. Throws a SystemError when the socket is refused. */
  enter(name: string): void {
    const segment = this.segments.get(name) ?? {
      fd: openPacketSocket(this.libc, this.libc.if_nametoindex(name)),
      targets: 0,
      gone: false,
    };
    segment.targets++;
    this.segments.set(name, segment);
    this.changed();
  }

  /** Counts a target out. */
  leave(name: string): void {
    const segment = this.segments.get(name);
    if (!segment || --segment.targets > 0) return;
    this.segments.delete(name);
    this.changed();
    this.libc.close(segment.fd);
  }

  /** Listens again on interfaces that were deleted and are there again: to the kernel, they are others by the same name. */
  renew(): void {
    for (const [name, segment] of this.segments)
      if (isUnbound(this.libc, segment.fd)) this.rebind(name, segment);
  }

  close(): void {
    for (const fd of this.fds) this.libc.close(fd);
    this.segments.clear();
    this.changed();
  }

  private changed(): void {
    this.fds = [...this.segments.values()].map(({ fd }) => fd);
  }

  private rebind(name: string, segment: Segment): void {
    const quoted = JSON.stringify(name);
    if (!segment.gone) this.notice(`announcements can't be heard: there is no interface ${quoted} any more`);
    segment.gone = true;
    const index = this.libc.if_nametoindex(name);
    if (index === 0 || !listenOn(this.libc, segment.fd, index)) return;
    segment.gone = false;
    this.notice(`announcements are heard again: interface ${quoted} is back`);
  }
}
