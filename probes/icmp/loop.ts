import { getRandomValues } from 'node:crypto';
import type { Millis, Sample } from '../../src/core/sample.js';
import { now } from '../../src/system/clock.js';
import type { ProbePlan } from '../prober.js';
import { Deadlines } from './deadlines.js';
import { Flight } from './flight.js';
import type { Libc, Memory } from './libc.js';
import { Mail } from './mail.js';
import { EchoSocket, type Family, type SocketKind } from './socket.js';
import { EchoTarget } from './target.js';
import { MESSAGE_BYTES } from './wire.js';

/** Replies of a burst must not outgrow the receive buffer that an ordinary user gets while we still send. */
const SENDS_BETWEEN_READS = 32;
/**
 * Unanswered probes after which a target is sent to through a socket of its own kind's silent ones. The kernel keeps
 * requests to a neighbour that is gone and charges them to the socket: the others' sends would fail for want of room.
 */
const SILENT_AFTER = 8;
/** Sleep no longer: the process can't exit while we sleep. */
const LONGEST_SLEEP: Millis = 200;
/** The main thread is woken no oftener. */
const FLUSH_EVERY: Millis = 5;
const SEND_FLAGS = 0x40;
const POLLIN = 1;
const POLLFD_BYTES = 8;
const REVENTS = 6;

export interface LoopPorts {
  flush(samples: Sample[]): void;
  notice(text: string): void;
}

/** Sends every target's probes in their slots and collects what becomes of them, until told to stop. */
export class EchoLoop {
  private readonly targets: EchoTarget[];
  private readonly sockets = new Map<string, EchoSocket>();
  private readonly deadlines: Deadlines;
  private readonly mail: Mail;
  private readonly timeout: Memory;
  private readonly lagWorthTelling: Millis;
  private polled: Memory;
  private batch: Sample[] = [];
  private flushedAt: Millis = 0;
  private sends = 0;

  /** Throws a RangeError when an address is none. */
  constructor(
    private readonly libc: Libc,
    private readonly kind: SocketKind,
    private readonly plan: ProbePlan,
    /** An eventfd that ends a sleep when it is written to. */
    private readonly wake: number,
    private readonly ports: LoopPorts,
  ) {
    const { targets, intervalMs, timeoutMs } = plan;
    const start = this.now();
    const id = getRandomValues(new Uint16Array(1))[0]!;
    const emit = (sample: Sample) => void this.batch.push(sample);
    this.targets = targets.map(({ id: target, address, family, phaseMs }, index) => {
      const flight = new Flight({ target, intervalMs, timeoutMs }, emit);
      return new EchoTarget(libc, index, id, address, family, start + phaseMs, flight);
    });
    // Later than a busy machine's scheduler makes it, and more than a tenth of the interval.
    this.lagWorthTelling = Math.max(5, intervalMs / 10);
    this.deadlines = new Deadlines(targets.length);
    this.targets.forEach((target, index) => void this.deadlines.set(index, target.due));
    this.mail = new Mail(
      libc,
      this.targets,
      id,
      () => this.now(),
      index => this.reschedule(index),
    );
    this.timeout = libc.allocate(16);
    this.polled = this.pollSet();
  }

  /** Throws a SystemError when a socket is refused. */
  open(): void {
    for (const { family } of this.plan.targets) this.socket(family, false);
  }

  /** Sleeps until something is due or comes, and does it. Whether it was woken. Throws when a socket is gone. */
  turn(): boolean {
    const woken = this.sleep();
    // What is answered by now gets read before anything can be called overdue: a stall of ours makes no loss.
    const reached = this.now();
    this.read();
    while (this.deadlines.firstTime <= reached) {
      const target = this.targets[this.deadlines.first!]!;
      target.flight.expire(reached);
      if (target.due <= reached) this.send(target);
      this.reschedule(this.deadlines.first!);
    }
    if (this.batch.length > 0 && reached >= this.flushedAt + FLUSH_EVERY) this.flush(reached);
    return woken;
  }

  readdress(index: number, address: string, family: Family): void {
    const target = this.targets[index]!;
    try {
      this.socket(family, false);
      target.readdress(address, family);
    } catch (error) {
      const id = this.plan.targets[index]!.id;
      this.ports.notice(`${id} stays at its former address: ${(error as Error).message}`);
    }
  }

  close(): void {
    this.flush(this.now());
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
  }

  private send(target: EchoTarget): void {
    const { flight } = target;
    target.number(flight.next);
    const at = this.now();
    const late = at - target.due;
    const lag = late > this.lagWorthTelling ? late : Number.NaN;
    target.plan(this.plan.intervalMs, at);
    const failure = this.post(target);
    if (failure === undefined) flight.sent(at, lag);
    else flight.unsent(at, lag, failure);
    if (++this.sends % SENDS_BETWEEN_READS === 0) this.read();
  }

  /** Hands the request to the kernel; the name of the error if it won't have it. */
  private post(target: EchoTarget): string | undefined {
    const { message, to, flight } = target;
    const socket =
      flight.silence < SILENT_AFTER ? this.socket(to.family, false) : this.silentSocket(to.family);
    const attempt = () =>
      this.libc.sendto(socket.fd, message.address, MESSAGE_BYTES, SEND_FLAGS, to.memory.address, to.length) >=
      0;
    if (attempt()) return undefined;
    // The error may be an ICMP error on another target's probe that came since the queue was read.
    this.mail.readErrors(socket);
    return attempt() ? undefined : this.libc.errorName();
  }

  private read(): void {
    for (const socket of this.sockets.values()) this.mail.read(socket);
  }

  private reschedule(index: number): void {
    this.deadlines.set(index, this.targets[index]!.deadline);
  }

  /** The socket of a family, for its silent targets or for the others; opened when first asked for. */
  private socket(family: Family, silent: boolean): EchoSocket {
    const name = `${family}${silent}`;
    const open = this.sockets.get(name);
    if (open) return open;
    const socket = new EchoSocket(this.libc, this.kind, family);
    try {
      socket.prepare();
      if (this.plan.interface !== undefined) socket.sendFrom(this.plan.interface);
      // A raw socket gets the replies to all others too, so that the first one suffices to read them.
      if (silent && this.kind === 'raw') socket.filter(false);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.sockets.set(name, socket);
    this.polled = this.pollSet();
    return socket;
  }

  private silentSocket(family: Family): EchoSocket {
    try {
      return this.socket(family, true);
    } catch {
      // No further socket is to be had: the others' has to do.
      return this.socket(family, false);
    }
  }

  private pollSet(): Memory {
    const fds = [this.wake, ...[...this.sockets.values()].map(({ fd }) => fd)];
    const memory = this.libc.allocate(fds.length * POLLFD_BYTES);
    fds.forEach((fd, place) => {
      memory.view.setInt32(place * POLLFD_BYTES, fd, true);
      memory.view.setInt16(place * POLLFD_BYTES + 4, POLLIN, true);
    });
    return memory;
  }

  private sleep(): boolean {
    const flushAt = this.batch.length > 0 ? this.flushedAt + FLUSH_EVERY : Infinity;
    const until = Math.min(this.deadlines.firstTime, flushAt) - this.now();
    const ms = Math.min(LONGEST_SLEEP, Math.max(0, until));
    this.timeout.view.setUint32(8, Math.ceil(ms * 1e6), true);
    const { address, bytes, view } = this.polled;
    const ready = this.libc.ppoll(address, bytes.length / POLLFD_BYTES, this.timeout.address, 0);
    return ready > 0 && view.getInt16(REVENTS, true) !== 0;
  }

  private flush(at: Millis): void {
    this.flushedAt = at;
    if (this.batch.length === 0) return;
    this.ports.flush(this.batch);
    this.batch = [];
  }

  private now(): Millis {
    return now(this.plan.origin);
  }
}
