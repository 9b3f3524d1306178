import { getRandomValues } from 'node:crypto';
import type { Millis } from '../../src/core/sample.js';
import type { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import type { Family, ProbeSocket, SocketKind } from '../net/socket.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import type { Channel, ChannelPorts } from '../thread/channel.js';
import { Deadlines } from '../thread/deadlines.js';
import { InFlightProbes } from '../timing/in-flight.js';
import { loopLagToleranceMs, nextSlot } from '../timing/schedule.js';
import { ReplyReader } from './reply-reader.js';
import { Sockets } from './sockets.js';
import { EchoTarget } from './target.js';

/** While a burst is sent, its replies must fit into the receive buffer that an ordinary user gets. */
const SENDS_BETWEEN_READS = 32;
/** A target with this many unanswered probes in a row is probed by a spare socket. */
const SILENT_PROBES = 3;
/** A target that answers after a silence of this length has returned. */
const RETURNED_AFTER_MS: Millis = 4000;
/** Attempts to send a probe again after an ICMP error about another one. */
const MAX_TRIES = 4;
const MSG_DONTWAIT = 0x40;

/** Sends every target an echo request in each of its slots, and reports the outcomes. */
export class EchoChannel implements Channel {
  /** By index; undefined where a target was removed. */
  private readonly targets: (EchoTarget | undefined)[] = [];
  private readonly sockets: Sockets;
  private readonly deadlines = new Deadlines();
  /** The id of raw sockets, which receive the replies to all processes. */
  private readonly id = getRandomValues(new Uint16Array(1))[0]!;
  private readonly replyReader: ReplyReader;
  private readonly lagToleranceMs: Millis;
  private sends = 0;

  /** Throws a RangeError for an invalid address. */
  constructor(
    private readonly libc: Libc,
    kind: SocketKind,
    private readonly plan: ProbePlan,
    private readonly start: Millis,
    private readonly clock: KernelClock,
    private readonly ports: ChannelPorts,
  ) {
    const { intervalMs, targets } = plan;
    this.lagToleranceMs = loopLagToleranceMs(intervalMs);
    this.sockets = new Sockets(libc, kind, plan.interface, this.id, ports.fdsChanged);
    this.replyReader = new ReplyReader(libc, this.targets, this.id, clock, (index, silence) =>
      this.replyReceived(index, silence * intervalMs),
    );
    targets.forEach((target, index) => void this.begin(index, target, start + target.phaseMs));
  }

  open(): void {
    for (const { family } of this.plan.targets) this.prepare(family);
  }

  get fds(): number[] {
    return this.sockets.all.map(({ fd }) => fd);
  }

  get deadline(): Millis {
    return this.deadlines.firstTime;
  }

  send(now: Millis): void {
    while (this.deadlines.firstTime <= now) {
      const index = this.deadlines.first!;
      const target = this.targets[index]!;
      target.probes.expire(now);
      if (target.due <= now) this.probe(target);
      this.reschedule(index);
    }
  }

  read(): void {
    for (const socket of this.sockets.all) this.replyReader.read(socket);
  }

  prepare(family: Family): void {
    this.sockets.of(family);
  }

  add(index: number, target: ProbeTarget): void {
    this.prepare(target.family);
    const { intervalMs } = this.plan;
    this.begin(index, target, nextSlot(this.start + target.phaseMs, intervalMs, this.clock.now()));
  }

  remove(index: number): void {
    this.deadlines.set(index, Infinity);
    this.targets[index] = undefined;
  }

  readdress(index: number, address: string, family: Family): void {
    this.targets[index]?.readdress(address, family);
  }

  close(): void {
    this.sockets.close();
  }

  private begin(index: number, { id: target, address, family }: ProbeTarget, firstDue: Millis): void {
    const { timeoutMs } = this.plan;
    const probes = new InFlightProbes(
      { target, probe: 'icmp', timeoutMs, lagToleranceMs: this.lagToleranceMs },
      this.ports.emit,
    );
    this.targets[index] = new EchoTarget(this.libc, index, this.id, address, family, firstDue, probes);
    this.deadlines.set(index, firstDue);
  }

  private probe(target: EchoTarget): void {
    const { probes } = target;
    target.number(probes.next);
    const at = this.clock.now();
    const lag = at - target.due;
    target.plan(this.plan.intervalMs, at);
    const failure = this.post(target);
    if (failure === undefined) probes.sent(at, lag);
    else probes.unsent(at, lag, failure);
    if (++this.sends % SENDS_BETWEEN_READS === 0) this.ports.readAll();
  }

  /** Sends the request; returns the name of the error if the kernel refuses it. */
  private post(target: EchoTarget): string | undefined {
    const { family } = target.to;
    const silent = target.probes.silence >= SILENT_PROBES;
    const socket = silent ? this.sockets.spare(family) : this.sockets.of(family);
    let failure = this.attempt(socket, target);
    if (failure === undefined) return undefined;
    if (silent && failure === 'EAGAIN') return this.attempt(this.sockets.newSpare(family), target);
    // It may be an ICMP error about another target's probe that came since the queue was read; in a flood, one more.
    this.replyReader.readErrors(socket);
    for (let tries = 0; failure !== undefined && tries < MAX_TRIES; tries++)
      failure = this.attempt(socket, target);
    return failure;
  }

  private attempt({ fd }: ProbeSocket, { message, to }: EchoTarget): string | undefined {
    const sent = this.libc.sendto(fd, message.bytes, MSG_DONTWAIT, to.address.bytes);
    return sent < 0 ? this.libc.errorName() : undefined;
  }

  private replyReceived(index: number, silentMs: Millis): void {
    this.reschedule(index);
    if (silentMs > RETURNED_AFTER_MS) this.ports.returned(index);
  }

  private reschedule(index: number): void {
    this.deadlines.set(index, this.targets[index]!.deadline);
  }
}
