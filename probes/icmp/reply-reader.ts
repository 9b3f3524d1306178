/** Reads the replies and the error queue of a socket, and reports them to the targets' probes in flight. */
import { ControlReader } from '../net/control.js';
import { BATCH, Inbox, MSG_ERRQUEUE } from '../net/inbox.js';
import type { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import { addressText, ipv4HeaderBytes } from '../net/packet.js';
import { type Family, type ProbeSocket, SOCKADDR } from '../net/socket.js';
import type { EchoTarget } from './target.js';
import { ECHO_REPLY, ECHO_REQUEST, EchoReader, MESSAGE_BYTES } from './wire.js';

/** More than our receive buffers hold: everything that waited at the start is read, even in a flood. */
const MAX_BATCHES = 1024;

export class ReplyReader {
  private readonly replies: Inbox;
  private readonly errors: Inbox;
  private readonly echo = new EchoReader();
  private readonly control = new ControlReader();

  constructor(
    libc: Libc,
    private readonly targets: readonly (EchoTarget | undefined)[],
    /** The id of raw sockets, which receive the replies to all processes. */
    private readonly rawId: number,
    private readonly clock: KernelClock,
    /** Called with the index of a target that answered, and how many probes were unanswered until then. */
    private readonly replyReceived: (index: number, silence: number) => void,
  ) {
    this.replies = new Inbox(libc);
    this.errors = new Inbox(libc);
  }

  /** Reads everything that waits. Throws when the socket is gone. */
  read(socket: ProbeSocket): void {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const count = this.replies.receive(socket.fd, 0);
      // The kernel stamps a request before its reply can arrive, so the stamps of these replies' requests are there by now.
      this.readErrors(socket);
      for (let i = 0; i < count; i++) this.reply(socket, i);
      if (count < BATCH) return;
    }
  }

  /** Reads the error queue: the stamps of our requests, and the ICMP errors about them. */
  readErrors(socket: ProbeSocket): void {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const count = this.errors.receive(socket.fd, MSG_ERRQUEUE);
      for (let i = 0; i < count; i++) this.error(socket, i);
      if (count < BATCH) return;
    }
  }

  private reply({ kind, family }: ProbeSocket, i: number): void {
    const { replies, echo, control } = this;
    const { view } = replies;
    const skip =
      kind === 'raw' && family === 4 ? ipv4HeaderBytes(view, replies.data(i), replies.length(i)) : 0;
    if (!echo.read(view, replies.data(i) + skip, replies.length(i) - skip, ECHO_REPLY[family])) return;
    const target = this.targetOf(kind, echo);
    if (!target) return;
    const readAt = this.clock.now();
    const source = replies.name(i) + SOCKADDR[family].at;
    if (!target.wasSentTo(echo.seq, view, source, family)) {
      target.probes.unexpectedSource(echo.seq, readAt, addressText(view, source, family));
      return;
    }
    control.read(view, replies.control(i), replies.controlLength(i), family);
    const { silence } = target.probes;
    target.probes.reply(echo.seq, readAt, control.ttl, control.stamp, this.clock.realtime() - control.stamp);
    this.replyReceived(echo.index, silence);
  }

  private error({ kind, family }: ProbeSocket, i: number): void {
    const { errors, echo, control } = this;
    const { view } = errors;
    const length = errors.length(i);
    control.read(view, errors.control(i), errors.controlLength(i), family);
    if (control.icmpError) {
      if (!echo.read(view, errors.data(i), length, ECHO_REQUEST[family])) return;
      const target = this.targetOfError(kind, family, i);
      const from = control.offenderAt + SOCKADDR[family].at;
      const seq = echo.whole ? echo.seq : target?.probes.fullSeq(echo.wireSeq);
      target?.probes.unreachable(seq!, addressText(view, from, family));
    } else if (length >= MESSAGE_BYTES) {
      // A looped request comes with its lower headers, whatever those are: it is found from the end.
      if (!echo.read(view, errors.data(i) + length - MESSAGE_BYTES, MESSAGE_BYTES, ECHO_REQUEST[family]))
        return;
      this.targetOf(kind, echo)?.probes.stamp(echo.seq, control.stamp);
    }
  }

  /** The target whose token an echo carries. */
  private targetOf(kind: ProbeSocket['kind'], echo: EchoReader): EchoTarget | undefined {
    if (!echo.whole || (kind === 'raw' && echo.id !== this.rawId)) return undefined;
    const target = this.targets[echo.index];
    return target && echo.carries(target.identity) ? target : undefined;
  }

  /** The target that an ICMP error is about. If the error quotes only the header, it is found by the destination. */
  private targetOfError(kind: ProbeSocket['kind'], family: Family, i: number): EchoTarget | undefined {
    const { echo, errors } = this;
    if (echo.whole) return this.targetOf(kind, echo);
    if (kind === 'raw' && echo.id !== this.rawId) return undefined;
    const destination = errors.name(i) + SOCKADDR[family].at;
    return this.targets.find(target =>
      target?.wasSentTo(target.probes.fullSeq(echo.wireSeq), errors.view, destination, family),
    );
  }
}
