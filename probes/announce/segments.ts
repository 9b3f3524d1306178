import type { Libc } from '../net/libc.js';
import type { Family } from '../net/socket.js';
import { SegmentSockets } from './packet-socket.js';

interface Segment {
  sockets: SegmentSockets;
  /** Number of targets behind the interface. */
  targets: number;
  /** Whether the interface is missing now. */
  gone: boolean;
}

/** The packet sockets of the segments that targets are on, by the name of the interface. Those without a target are closed. */
export class Segments {
  private readonly segments = new Map<string, Segment>();

  constructor(
    private readonly libc: Libc,
    private readonly notice: (text: string) => void,
  ) {}

  get fds(): number[] {
    return [...this.segments.values()].flatMap(({ sockets }) => sockets.fds);
  }

  /** Adds a target, and receives announcements of its family. Throws a SystemError if a socket is refused. */
  enter(name: string, family: Family): void {
    const segment = this.segments.get(name) ?? {
      sockets: new SegmentSockets(this.libc),
      targets: 0,
      gone: false,
    };
    // Stored before a socket can be refused, so that `leave` closes the sockets that were opened until then.
    this.segments.set(name, segment);
    segment.targets++;
    try {
      segment.sockets.receive(family, this.libc.if_nametoindex(name));
    } catch (error) {
      this.leave(name);
      throw error;
    }
  }

  /** Removes a target. */
  leave(name: string): void {
    const segment = this.segments.get(name);
    if (!segment || --segment.targets > 0) return;
    this.segments.delete(name);
    segment.sockets.close();
  }

  /** Binds again to interfaces that were deleted and made again: for the kernel, these are others with the same name. */
  renew(): void {
    for (const [name, segment] of this.segments) if (segment.sockets.unbound) this.rebind(name, segment);
  }

  close(): void {
    for (const { sockets } of this.segments.values()) sockets.close();
    this.segments.clear();
  }

  private rebind(name: string, segment: Segment): void {
    const quoted = JSON.stringify(name);
    if (!segment.gone) this.notice(`announcements cannot be received: interface ${quoted} is gone`);
    segment.gone = true;
    const index = this.libc.if_nametoindex(name);
    if (index === 0 || !segment.sockets.bind(index)) return;
    segment.gone = false;
    this.notice(`announcements are received again: interface ${quoted} is back`);
  }
}
