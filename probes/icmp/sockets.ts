import type { Libc } from '../net/libc.js';
import { type Family, ProbeSocket, type SocketKind } from '../net/socket.js';
import { ECHO_REPLY } from './wire.js';

/** Former spares are still read, for the replies to what they sent. */
const MAX_SPARES = 8;

/**
 * The sockets of a prober: one a family, and spares for silent targets. The kernel holds requests to a neighbour that is
 * gone for 3 s and charges them to the socket, some 2 kB each: for an ordinary user, a few dead targets fill a socket, and
 * then the probes to other targets cannot leave by it.
 */
export class Sockets {
  /** All sockets that have to be read. */
  all: readonly ProbeSocket[] = [];
  private readonly main = new Map<Family, ProbeSocket>();
  private readonly spares: Record<Family, ProbeSocket[]> = { 4: [], 6: [] };

  constructor(
    private readonly libc: Libc,
    private readonly kind: SocketKind,
    private readonly sendFrom: string | undefined,
    /** The id of requests by raw sockets, which receive only the replies to this id. */
    private readonly rawId: number,
    /** Called when `all` has changed. */
    private readonly onChange: () => void,
  ) {}

  /** The socket of a family, opened when it is first needed. Throws a SystemError if it is refused. */
  of(family: Family): ProbeSocket {
    const open = this.main.get(family);
    if (open) return open;
    const socket = this.open(family, true);
    this.main.set(family, socket);
    this.changed();
    return socket;
  }

  /** The socket for silent targets. */
  spare(family: Family): ProbeSocket {
    return this.spares[family].at(-1) ?? this.newSpare(family);
  }

  /** An empty spare; the usual socket if the kernel refuses another one. */
  newSpare(family: Family): ProbeSocket {
    const spares = this.spares[family];
    try {
      // A raw socket also receives the replies to all others, so it is enough to read the first one.
      spares.push(this.open(family, this.kind === 'datagram'));
    } catch {
      return this.of(family);
    }
    if (spares.length > MAX_SPARES) spares.shift()!.close();
    this.changed();
    return spares.at(-1)!;
  }

  close(): void {
    for (const socket of this.all) socket.close();
    this.all = [];
  }

  private open(family: Family, replies: boolean): ProbeSocket {
    const socket = new ProbeSocket(this.libc, this.kind, family);
    try {
      socket.prepare();
      if (!replies) socket.receiveNothing();
      else if (this.kind === 'raw') socket.receiveOnly(ECHO_REPLY[family], this.rawId);
      if (this.sendFrom !== undefined) socket.sendFrom(this.sendFrom);
    } catch (error) {
      socket.close();
      throw error;
    }
    return socket;
  }

  private changed(): void {
    this.all = [...this.main.values(), ...this.spares[4], ...this.spares[6]];
    this.onChange();
  }
}
