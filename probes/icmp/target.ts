import type { Millis } from '../../src/core/sample.js';
import type { Libc } from '../net/libc.js';
import { Memory } from '../net/memory.js';
import { random32 } from '../net/random.js';
import { type Family, SOCKADDR, socketAddress } from '../net/socket.js';
import type { InFlightProbes } from '../timing/in-flight.js';
import { nextSlot } from '../timing/schedule.js';
import { type EchoIdentity, MESSAGE_BYTES, number, writeRequest } from './wire.js';

/** The address of a target's probes, from one sequence number on. */
interface Destination {
  family: Family;
  /** sockaddr. */
  address: Memory;
  fromSeq: number;
}

/** One target: its ready-made request, its address and its place on the schedule. */
export class EchoTarget {
  readonly message = new Memory(MESSAGE_BYTES);
  /** When the next probe is planned. */
  due: Millis;
  to: Destination;
  identity: EchoIdentity;
  private before: Destination | undefined;

  constructor(
    private readonly libc: Libc,
    index: number,
    id: number,
    address: string,
    family: Family,
    private readonly firstDue: Millis,
    readonly probes: InFlightProbes,
  ) {
    this.identity = { family, id, token: [random32(), random32()], index };
    this.due = firstDue;
    this.to = this.destination(address, family);
    writeRequest(this.message.view, 0, this.identity);
  }

  /** Continues at another address. Replies from the former one still count for the probes that were sent there. */
  readdress(address: string, family: Family): void {
    const to = this.destination(address, family);
    this.before = this.to;
    this.to = to;
    this.identity = { ...this.identity, family };
    writeRequest(this.message.view, 0, this.identity);
  }

  number(seq: number): void {
    number(this.message.view, 0, seq);
  }

  plan(interval: Millis, now: Millis): void {
    this.due = nextSlot(this.firstDue, interval, now);
  }

  /** When this target has to be handled next. */
  get deadline(): Millis {
    return Math.min(this.due, this.probes.deadline);
  }

  /** Whether the address in `view` is the one that probe `seq` was sent to. */
  wasSentTo(seq: number, view: DataView, at: number, family: Family): boolean {
    const to = this.before && seq < this.to.fromSeq ? this.before : this.to;
    if (to.family !== family) return false;
    const { at: from, bytes } = SOCKADDR[family];
    for (let byte = 0; byte < bytes; byte++)
      if (to.address.view.getUint8(from + byte) !== view.getUint8(at + byte)) return false;
    return true;
  }

  private destination(address: string, family: Family): Destination {
    return { family, address: socketAddress(this.libc, address, family), fromSeq: this.probes.next };
  }
}
