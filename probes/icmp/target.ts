import { getRandomValues } from 'node:crypto';
import type { Millis } from '../../src/core/sample.js';
import { nextSlot } from '../../src/core/schedule.js';
import type { Flight } from './flight.js';
import type { Libc, Memory } from './libc.js';
import { type Family, SOCKADDR, socketAddress } from './socket.js';
import { type EchoIdentity, MESSAGE_BYTES, number, writeRequest } from './wire.js';

/** Where a target's probes go, from one of them on. */
interface Destination {
  family: Family;
  memory: Memory;
  length: number;
  fromSeq: number;
}

/** One target: its ready-made request, its address and its place on the schedule. */
export class EchoTarget {
  readonly message: Memory;
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
    readonly flight: Flight,
  ) {
    const [high, low] = getRandomValues(new Uint32Array(2));
    this.identity = { family, id, token: [high!, low!], index };
    this.message = libc.allocate(MESSAGE_BYTES);
    this.due = firstDue;
    this.to = this.destination(address, family);
    writeRequest(this.message.view, 0, this.identity);
  }

  /** Lets go of its memory: it is not to be used any more. */
  close(): void {
    for (const { memory } of [this.to, this.before ?? []].flat()) this.libc.free(memory);
    this.libc.free(this.message);
  }

  /** Goes on at another address; replies from the former still count for the probes that went there. */
  readdress(address: string, family: Family): void {
    const to = this.destination(address, family);
    if (this.before) this.libc.free(this.before.memory);
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

  /** When this target next wants attention. */
  get deadline(): Millis {
    return Math.min(this.due, this.flight.deadline);
  }

  /** Whether the address in `view` is the one that probe `seq` was sent to. */
  asked(seq: number, view: DataView, at: number, family: Family): boolean {
    const to = this.before && seq < this.to.fromSeq ? this.before : this.to;
    if (to.family !== family) return false;
    const { at: from, bytes } = SOCKADDR[family];
    for (let byte = 0; byte < bytes; byte++)
      if (to.memory.view.getUint8(from + byte) !== view.getUint8(at + byte)) return false;
    return true;
  }

  private destination(address: string, family: Family): Destination {
    return { family, ...socketAddress(this.libc, address, family), fromSeq: this.flight.next };
  }
}
