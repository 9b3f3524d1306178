import type { Millis, Sample } from '../../src/core/sample.js';
import { ControlReader } from '../net/control.js';
import { BATCH, Inbox, MSG_ERRQUEUE } from '../net/inbox.js';
import type { KernelClock } from '../net/kernel-clock.js';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import { ipv4HeaderBytes } from '../net/packet.js';
import { random32 } from '../net/random.js';
import { type Family, PORT_AT, type ProbeSocket, SOCKADDR, socketAddress } from '../net/socket.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import type { Channel } from '../thread/channel.js';
import { Deadlines } from '../thread/deadlines.js';
import { nextSlot } from '../timing/schedule.js';
import { ClockProbe, ClockRequests } from './requests.js';
import type { ClockWire, To } from './wire.js';

/** Requests are spread over the ms of the guest's clock by the golden ratio, so that any few of them are far apart. */
const DITHER = 0.618034;
const SILENT_AFTER = 20;
const SILENT_MS: Millis = 5000;
const SILENT_INTERVAL: Millis = 1000;
const MSG_DONTWAIT = 0x40;
/** The most that is read at once, which bounds the cost of a flood. */
const MAX_BATCHES = 32;

interface ChannelTarget {
  readings: ClockProbe;
  to: To;
  /** Before dither. */
  firstDue: Millis;
  due: Millis;
}

/** Reads the clocks of all targets by one method. */
export class ClockChannel implements Channel {
  /** By index; undefined if this clock can't be read over the target's family. */
  private readonly readable: (ChannelTarget | undefined)[];
  private readonly sockets = new Map<Family, ProbeSocket>();
  /** By index; undefined if removed. */
  private readonly targets: (ProbeTarget | undefined)[];
  private readonly deadlines = new Deadlines();
  private readonly questions = new ClockRequests();
  private readonly control = new ControlReader();
  private readonly inbox: Inbox;
  private readonly message: Memory;

  constructor(
    private readonly libc: Libc,
    private readonly wire: ClockWire,
    private readonly plan: Pick<ProbePlan, 'targets' | 'interface'>,
    private readonly intervalMs: Millis,
    private readonly start: Millis,
    private readonly clock: KernelClock,
    private readonly emit: (sample: Sample) => void,
    private readonly notice: (text: string) => void,
  ) {
    this.inbox = new Inbox(libc);
    this.message = new Memory(wire.bytes);
    this.targets = [...plan.targets];
    this.readable = plan.targets.map(target => this.channelTarget(target, start));
    this.readable.forEach((place, index) => void this.deadlines.set(index, place?.due ?? Infinity));
  }

  /** Throws a SystemError when a socket is refused. */
  open(): void {
    for (const place of this.readable) if (place) this.socket(place.to.family);
  }

  get fds(): number[] {
    return [...this.sockets.values()].map(({ fd }) => fd);
  }

  /** When the next request is due. */
  get deadline(): Millis {
    return this.deadlines.firstTime;
  }

  /** Sends the requests that are due. */
  send(now: Millis): void {
    while (this.deadlines.firstTime <= now) this.question(this.deadlines.first!);
  }

  /** Reads the answers that wait. */
  read(): void {
    for (const socket of this.sockets.values()) {
      for (let batches = 0; batches < MAX_BATCHES; batches++) {
        const count = this.inbox.receive(socket.fd, MSG_ERRQUEUE);
        for (let i = 0; i < count; i++) this.looped(socket.family, i);
        if (count < BATCH) break;
      }
      for (let batches = 0; batches < MAX_BATCHES; batches++) {
        const count = this.inbox.receive(socket.fd, 0);
        for (let i = 0; i < count; i++) this.answer(socket.family, i);
        if (count < BATCH) break;
      }
    }
  }

  /** Throws a RangeError for an invalid address and a SystemError if a socket is refused. */
  add(index: number, target: ProbeTarget): void {
    this.targets[index] = target;
    this.replace(index, this.channelTarget(target, nextSlot(this.start, this.intervalMs, this.clock.now())));
  }

  /** Later answers make no samples, because a target with the same name may be added next. */
  remove(index: number): void {
    this.readable[index]?.readings.end();
    this.targets[index] = this.readable[index] = undefined;
    this.deadlines.set(index, Infinity);
  }

  /** Throws a RangeError for an invalid address and a SystemError if a socket is refused. */
  readdress(index: number, address: string, family: Family): void {
    const [target, former] = [this.targets[index], this.readable[index]];
    if (!target) return;
    const place = this.channelTarget({ ...target, address, family }, this.clock.now());
    if (place && former) [place.readings, place.firstDue] = [former.readings, former.firstDue];
    this.replace(index, place);
  }

  /** Reads the clock at the usual pace again, from the next slot on. */
  returned(index: number): void {
    const place = this.readable[index];
    if (!place) return;
    const at = this.clock.now();
    place.readings.silentSince = { at, seq: place.readings.next };
    place.due = Math.min(place.due, this.slotAfter(place, this.intervalMs * place.readings.slowness, at));
    this.deadlines.set(index, place.due);
  }

  close(): void {
    for (const socket of this.sockets.values()) socket.close();
    this.sockets.clear();
    this.wire.close();
  }

  private replace(index: number, place: ChannelTarget | undefined): void {
    if (place) this.socket(place.to.family);
    this.readable[index] = place;
    this.deadlines.set(index, place?.due ?? Infinity);
  }

  private channelTarget(target: ProbeTarget, start: Millis): ChannelTarget | undefined {
    const { id, address, family, phaseMs } = target;
    const port = this.wire.portOf(target);
    if (port === undefined || !this.wire.families.includes(family)) return undefined;
    const firstDue = start + phaseMs + this.intervalMs / 2;
    const to = { family, address: socketAddress(this.libc, address, family, this.wire.raw ? 0 : port), port };
    return { readings: new ClockProbe(id, this.wire), to, firstDue, due: firstDue };
  }

  private socket(family: Family): ProbeSocket | undefined {
    if (!this.wire.families.includes(family) || this.sockets.has(family)) return this.sockets.get(family);
    const socket = this.wire.open(family);
    try {
      if (this.plan.interface !== undefined) socket.sendFrom(this.plan.interface);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.sockets.set(family, socket);
    return socket;
  }

  private question(index: number): void {
    const place = this.readable[index]!;
    const { readings, to } = place;
    const { fd } = this.socket(to.family)!;
    const nonce = random32();
    const at = this.clock.now();
    const dither = (readings.next * DITHER) % 1;
    place.due = this.slotAfter(place, this.pace(readings, at), at) + dither;
    this.deadlines.set(index, place.due);
    if (!this.wire.write(this.message, { seq: readings.next, nonce }, to)) return;
    this.questions.ask(nonce, to, readings, at);
    const send = () => this.libc.sendto(fd, this.message.bytes, MSG_DONTWAIT, to.address.bytes) >= 0;
    // The first call may fail for an ICMP error about another request. A request that can't be sent is not evidence.
    if (!send()) send();
  }

  /** A target that does not answer, because it is gone or filters, gets fewer requests. */
  private pace({ next, silentSince, slowness }: ClockProbe, now: Millis): Millis {
    const silent = now - silentSince.at > SILENT_MS && next - silentSince.seq >= SILENT_AFTER;
    return (silent ? Math.max(SILENT_INTERVAL, this.intervalMs) : this.intervalMs) * slowness;
  }

  /** When a target is asked next; never, if it refused that for good. */
  private slotAfter({ readings, firstDue }: ChannelTarget, interval: Millis, now: Millis): Millis {
    return readings.slowness === Infinity ? Infinity : nextSlot(firstDue, interval, now);
  }

  /** The question that is planned next was planned before the refusal. */
  private refused(readings: ClockProbe, code: string): void {
    const { target, slowness } = readings;
    const index = this.readable.findIndex(place => place?.readings === readings);
    const place = this.readable[index]!;
    place.due = this.slotAfter(place, this.intervalMs * slowness, this.clock.now());
    this.deadlines.set(index, place.due);
    const kind = this.wire.via.toUpperCase();
    const seconds = (this.intervalMs * slowness) / 1000;
    this.notice(
      slowness === Infinity
        ? `${target} refuses ${kind} requests (${code}): not asking it again`
        : `${target} wants fewer ${kind} requests (${code}): asking it every ${seconds} s`,
    );
  }

  private looped(family: Family, i: number): void {
    const { inbox, control, wire } = this;
    control.read(inbox.view, inbox.control(i), inbox.controlLength(i), family);
    const at = inbox.data(i) + inbox.length(i) - wire.bytes;
    if (control.icmpError || at < inbox.data(i)) return;
    const nonce = wire.question(inbox.view, at, wire.bytes);
    if (nonce !== undefined) this.questions.stamp(nonce, control.stamp);
  }

  private answer(family: Family, i: number): void {
    const { inbox, control, wire } = this;
    const { view } = inbox;
    const skip = wire.raw && family === 4 ? ipv4HeaderBytes(view, inbox.data(i), inbox.length(i)) : 0;
    const answer = wire.answer(view, inbox.data(i) + skip, inbox.length(i) - skip);
    const question = answer && this.questions.find(answer.nonce);
    if (!question || !this.isFrom(question.to, answer.port, family, inbox.name(i))) return;
    control.read(view, inbox.control(i), inbox.controlLength(i), family);
    const { now, realtime } = this.clock.both();
    const sample = this.questions.answer(answer, {
      readAt: now,
      kernelAt: control.stamp,
      kernelAge: realtime - control.stamp,
    });
    if (sample) this.emit(sample);
    if (answer.refusal) this.refused(question.readings, answer.refusal.code);
  }

  /** Whether the sender has the address and the port that were asked. */
  private isFrom(asked: To, port: number | undefined, family: Family, sender: number): boolean {
    const { view } = this.inbox;
    if (asked.family !== family || asked.port !== (port ?? view.getUint16(sender + PORT_AT))) return false;
    const { at, bytes } = SOCKADDR[family];
    for (let byte = at; byte < at + bytes; byte++)
      if (asked.address.view.getUint8(byte) !== view.getUint8(sender + byte)) return false;
    return true;
  }
}
