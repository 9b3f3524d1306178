import { getRandomValues } from 'node:crypto';
import type { Millis, Sample, TargetId } from '../../src/core/sample.js';
import { now } from '../../src/system/clock.js';
import { ReplyReader } from '../icmp/reply-reader.js';
import { EchoTarget } from '../icmp/target.js';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import type { EchoSocket, Family } from '../net/socket.js';
import { Sockets } from '../net/sockets.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import { InFlightProbes } from '../timing/in-flight.js';
import { nextSlot, turnMs } from '../timing/schedule.js';
import type { Channel } from './channel.js';
import { openChannels } from './channels.js';
import { Deadlines } from './deadlines.js';
import type { WorkerPlan } from './worker.js';

/** Replies of a burst must not outgrow the receive buffer that an ordinary user gets while we still send. */
const SENDS_BETWEEN_READS = 32;
/** Unanswered probes in a row after which a target's go by a spare socket. */
const SILENT_AFTER = 3;
/** Who was silent so long, and answers, has returned. */
const RETURNS_AFTER: Millis = 4000;
/** Sleep no longer: the process can't exit while we sleep. */
const MAX_SLEEP: Millis = 200;
/** The main thread is woken no oftener: that costs as much as the probing. */
const FLUSH_EVERY: Millis = 20;
/** To send what an ICMP error on something else kept from leaving. */
const MAX_TRIES = 4;
const MSG_DONTWAIT = 0x40;
/** Where the first descriptor's revents lie. */
const REVENTS = 6;

export interface LoopPorts {
  flush(samples: Sample[]): void;
  notice(text: string): void;
}

/** Sends every target's probes in their slots and collects what becomes of them, until told to stop; asks for the time in between. */
export class EchoLoop {
  private readonly plan: ProbePlan;
  private channels: readonly Channel[] = [];
  /** By index; where one was removed, none. */
  private readonly targets: (EchoTarget | undefined)[] = [];
  private readonly sockets: Sockets;
  private readonly deadlines = new Deadlines();
  private readonly start: Millis;
  /** Of raw sockets, which get the replies to everybody. */
  private readonly id = getRandomValues(new Uint16Array(1))[0]!;
  private readonly replyReader: ReplyReader;
  private readonly timeout = new Memory(16);
  private readonly lagToleranceMs: Millis;
  /**
   * Turns of the loop are at least this far apart. Since the kernel stamps the replies they need not be read the
   * moment they come.
   */
  private readonly spacing: Millis;
  private batch: Sample[] = [];
  private turnedAt: Millis = 0;
  private flushedAt: Millis = 0;
  private sends = 0;

  /** Throws a RangeError when an address is none. */
  constructor(
    private readonly libc: Libc,
    private readonly order: WorkerPlan,
    /** An eventfd that ends a sleep when it is written to. */
    wake: number,
    private readonly ports: LoopPorts,
  ) {
    const { kind, plan } = order;
    const { intervalMs } = plan;
    this.plan = plan;
    this.start = this.now();
    // Well above what our turns and a busy machine add, well below the 50 ms after which a reply is overdue.
    this.spacing = turnMs(intervalMs);
    this.lagToleranceMs = this.spacing + Math.max(10, intervalMs / 10);
    plan.targets.forEach(
      (target, index) => void this.startTarget(index, target, this.start + target.phaseMs),
    );
    this.replyReader = new ReplyReader(
      libc,
      this.targets,
      this.id,
      () => this.now(),
      (index, silence) => this.replyReceived(index, silence * intervalMs),
    );
    this.sockets = new Sockets(libc, kind === 'none' ? 'raw' : kind, plan.interface, wake, this.id);
  }

  /** Throws a SystemError when a socket is refused. */
  open(): void {
    for (const target of this.targets) if (target) this.sockets.of(target.to.family);
    this.channels = openChannels(this.libc, this.order, { emit: this.emit, notice: this.ports.notice });
    this.waitForChannels();
  }

  /** Sleeps until something is due or comes, and does it. Whether it was woken. Throws when a socket is gone. */
  turn(): boolean {
    const woken = this.sleep();
    // What is answered by now gets read before anything can be called overdue: a stall of ours makes no loss.
    const reached = this.now();
    this.turnedAt = reached;
    this.read();
    while (this.deadlines.firstTime <= reached) {
      const target = this.targets[this.deadlines.first!]!;
      target.flight.expire(reached);
      if (target.due <= reached) this.send(target);
      this.reschedule(this.deadlines.first!);
    }
    for (const lane of this.channels) lane.ask();
    if (this.batch.length > 0 && reached >= this.flushedAt + FLUSH_EVERY) this.flush(reached);
    return woken;
  }

  /** Begins with a target, in its own slots; says where it can't. */
  add(index: number, target: ProbeTarget): void {
    try {
      if (this.echoes) this.sockets.of(target.family);
      const { intervalMs } = this.plan;
      this.startTarget(index, target, nextSlot(this.start + target.phaseMs, intervalMs, this.now()));
      for (const lane of this.channels) lane.add(index, target);
    } catch (error) {
      this.remove(index);
      this.ports.notice(`${target.id} can't be probed: ${(error as Error).message}`);
    } finally {
      this.waitForChannels();
    }
  }

  /** What was found of the target is handed on before this returns, and nothing more after. */
  remove(index: number): void {
    this.flush(this.now());
    this.deadlines.set(index, Infinity);
    this.targets[index] = undefined;
    for (const lane of this.channels) lane.remove(index);
    this.waitForChannels();
  }

  readdress(index: number, id: TargetId, address: string, family: Family): void {
    try {
      if (this.echoes) this.sockets.of(family);
      for (const lane of this.channels) lane.readdress(index, address, family);
      this.targets[index]?.readdress(address, family);
    } catch (error) {
      this.ports.notice(`${id} stays at its former address: ${(error as Error).message}`);
    } finally {
      this.waitForChannels();
    }
  }

  close(): void {
    this.flush(this.now());
    for (const lane of this.channels) lane.close();
    this.sockets.close();
  }

  private readonly emit = (sample: Sample) => void this.batch.push(sample);

  private get echoes(): boolean {
    return this.order.kind !== 'none';
  }

  private startTarget(index: number, { id: target, address, family }: ProbeTarget, firstDue: Millis): void {
    if (!this.echoes) return;
    const { timeoutMs } = this.plan;
    const flight = new InFlightProbes(
      { target, probe: 'icmp', timeoutMs, lagToleranceMs: this.lagToleranceMs },
      this.emit,
    );
    this.targets[index] = new EchoTarget(this.libc, index, this.id, address, family, firstDue, flight);
    this.deadlines.set(index, firstDue);
  }

  /** Has sleeps end by what the lanes have open now: a closed descriptor's number may already be another socket's. */
  private waitForChannels(): void {
    this.sockets.waitFor(this.channels.flatMap(({ fds }) => fds));
  }

  private send(target: EchoTarget): void {
    const { flight } = target;
    target.number(flight.next);
    const at = this.now();
    const lag = at - target.due;
    target.plan(this.plan.intervalMs, at);
    const failure = this.post(target);
    if (failure === undefined) flight.sent(at, lag);
    else flight.unsent(at, lag, failure);
    if (++this.sends % SENDS_BETWEEN_READS === 0) this.read();
  }

  /** Hands the request to the kernel; the name of the error if it won't have it. */
  private post(target: EchoTarget): string | undefined {
    const { family } = target.to;
    const silent = target.flight.silence >= SILENT_AFTER;
    const socket = silent ? this.sockets.spare(family) : this.sockets.of(family);
    let failure = this.attempt(socket, target);
    if (failure === undefined) return undefined;
    if (silent && failure === 'EAGAIN') return this.attempt(this.sockets.newSpare(family), target);
    // It may be an ICMP error on another target's probe that came since the queue was read; in a flood of them, one more.
    this.replyReader.readErrors(socket);
    for (let tries = 0; failure !== undefined && tries < MAX_TRIES; tries++)
      failure = this.attempt(socket, target);
    return failure;
  }

  private attempt({ fd }: EchoSocket, { message, to }: EchoTarget): string | undefined {
    const sent = this.libc.sendto(fd, message.bytes, MSG_DONTWAIT, to.address.bytes);
    return sent < 0 ? this.libc.errorName() : undefined;
  }

  private read(): void {
    for (const socket of this.sockets.all) this.replyReader.read(socket);
    for (const lane of this.channels) lane.read();
  }

  private replyReceived(index: number, silentMs: Millis): void {
    this.reschedule(index);
    if (silentMs > RETURNS_AFTER) for (const lane of this.channels) lane.returned?.(index);
  }

  private reschedule(index: number): void {
    this.deadlines.set(index, this.targets[index]!.deadline);
  }

  private sleep(): boolean {
    if (this.waitUntil(this.turnedAt + this.spacing, 1)) return true;
    const flushAt = this.batch.length > 0 ? this.flushedAt + FLUSH_EVERY : Infinity;
    const askAt = this.channels.reduce((first, { deadline }) => Math.min(first, deadline), Infinity);
    return this.waitUntil(Math.min(this.deadlines.firstTime, askAt, flushAt), this.sockets.pollCount);
  }

  /** Sleeps until a moment, or until one of the first few descriptors has something. Whether that is the first one. */
  private waitUntil(until: Millis, descriptors: number): boolean {
    const ms = Math.min(MAX_SLEEP, until - this.now());
    if (ms <= 0) return false;
    const { bytes, view } = this.sockets.polled;
    this.timeout.view.setUint32(8, Math.ceil(ms * 1e6), true);
    const ready = this.libc.ppoll(bytes, descriptors, this.timeout.bytes);
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
