import type { Millis } from '../../../src/core/sample.js';
import { portOf } from '../ends.js';
import { ACK, FIN, type Packet, RST, SYN, TCP, UDP } from '../packet.js';
import { type Recognised, recognise } from '../protocols/index.js';
import { Direction } from './direction.js';
import { Rate } from './rate.js';
import { Sampler } from './sampler.js';
import { Search } from './search.js';

/** What to look for in the payload. */
export interface SearchOptions {
  canary?: Buffer;
  /** Keep a few bytes of what was read. */
  reveal?: boolean;
}

/** 0: sent by the client, the side that connected or was seen first; 1: by the server. */
export type Side = 0 | 1;

/** Packets of bulk data are larger than those by which a tunnel is kept open. */
const BULK_PACKET = 512;
/** A tunnel that carries no bulk data for this long has finished a transfer. */
export const PAUSE_MS: Millis = 3000;
/** What a tunnel carries begins after a pause of this length. */
const START_PAUSE_MS: Millis = 500;
/** Alerts and the end of a protected connection come in smaller packets, and may come long after the last data. */
const LEAST_DATA = 64;
/** Less is not called a bulk transfer. */
export const BULK_BYTES = 256 * 1024;
/** Tunnels stay open after a transfer has ended. */
const TUNNELS: readonly string[] = ['ssh', 'esp', 'wireguard', 'libvirt'];
const MAX_REVEALED = 64;

/** A TCP connection, or the ESP or WireGuard packets between two ends. Its memory is bounded by the openings of its directions. */
export class Flow {
  startedAt: Millis;
  /** The last data. */
  endedAt: Millis;
  /** The last packet. */
  seenAt: Millis;
  /** The last bulk packet. */
  private bulkAt: Millis = -Infinity;
  readonly transport: 'tcp' | 'udp' | 'esp';
  /** The capture has its beginning. */
  hasBeginning = false;
  captured = 0;
  revealed: Buffer | undefined;
  rate: Rate;
  sampler = new Sampler();
  isProven = false;
  private readonly directions: readonly [Direction, Direction] = [new Direction(), new Direction()];
  /** Bytes of datagrams, by side. */
  private readonly datagrams: [number, number] = [0, 0];
  /** Bytes before the transfer at hand. */
  private before: [number, number] = [0, 0];
  private firstDatagram: { bytes: Buffer; length: number } | undefined;
  private found: Recognised | undefined;
  private searches: [Search, Search] | undefined;
  private proof: Search | undefined;
  private closing = 0;

  constructor(
    packet: Packet,
    /** Address and port of either side, as in packets. */
    readonly client: string,
    readonly server: string,
    private readonly options: SearchOptions,
  ) {
    this.transport = packet.protocol === TCP ? 'tcp' : packet.protocol === UDP ? 'udp' : 'esp';
    this.startedAt = packet.at;
    this.endedAt = packet.at;
    this.seenAt = packet.at;
    this.rate = new Rate(packet.at);
    this.resetSearch();
  }

  /** The protocol recognised so far. */
  get recognised(): Recognised | undefined {
    return this.found;
  }

  /** Bytes from the client and from the server, of the transfer at hand. */
  get bytes(): [number, number] {
    const all = this.total;
    return [all[0] - this.before[0], all[1] - this.before[1]];
  }

  get isBulk(): boolean {
    return Math.max(...this.bytes) >= BULK_BYTES;
  }

  get isTunnel(): boolean {
    return this.found !== undefined && TUNNELS.includes(this.found.protocol);
  }

  /** Both sides ended the connection, or one reset it. */
  get isClosed(): boolean {
    return this.closing === 3;
  }

  get canary(): { count: number; places: readonly number[] } | undefined {
    if (!this.searches) return undefined;
    const [own, other] = this.searches;
    return { count: own.count + other.count, places: [...own.places, ...other.places] };
  }

  /** Whether the transfer that the tunnel carried was over before this moment. */
  hasPaused(at: Millis): boolean {
    return this.isTunnel && this.isBulk && at - this.bulkAt > PAUSE_MS;
  }

  take(packet: Packet, side: Side): void {
    const isFirst = packet.length >= BULK_PACKET && packet.at - this.bulkAt > START_PAUSE_MS && !this.isBulk;
    if (this.isTunnel && isFirst) this.beginTransfer(packet.at);
    if (this.transport === 'tcp') this.takeSegment(packet, side);
    else this.takeDatagram(packet, side);
  }

  /** What follows is a transfer of its own. */
  beginTransfer(at: Millis): void {
    this.before = this.total;
    this.startedAt = at;
    this.endedAt = at;
    this.captured = 0;
    this.rate = new Rate(at);
    this.sampler = new Sampler();
    this.revealed = undefined;
    this.isProven = false;
    this.resetSearch();
  }

  private get total(): [number, number] {
    const { directions, datagrams } = this;
    return this.transport === 'tcp' ? [directions[0].bytes, directions[1].bytes] : [...datagrams];
  }

  private takeSegment(packet: Packet, side: Side): void {
    const { flags } = packet;
    const direction = this.directions[side];
    if (flags & SYN) {
      direction.begin(packet.sequence);
      this.hasBeginning = true;
    }
    if (flags & FIN) this.closing |= 1 << side;
    if (flags & RST) this.closing = 3;
    if (packet.length === 0) return;
    const before = direction.bytes;
    const wasOpened = direction.isOpened;
    const segment = direction.take(packet);
    if (!segment?.isNew) return;
    this.note(packet, direction.bytes - before);
    if (!wasOpened) this.recogniseNow();
    this.look(segment.offset, packet.payload, side);
  }

  private takeDatagram(packet: Packet, side: Side): void {
    if (!this.firstDatagram) {
      this.hasBeginning = true;
      this.firstDatagram = { bytes: Buffer.from(packet.payload.subarray(0, 16)), length: packet.length };
      this.recogniseNow();
    }
    this.datagrams[side] += packet.length;
    this.note(packet, packet.length);
    this.sampler.take(this.datagrams[side], packet.payload);
  }

  private note(packet: Packet, bytes: number): void {
    const isData = packet.length >= LEAST_DATA || this.found?.protection === 'clear';
    if (isData) this.endedAt = Math.max(this.endedAt, packet.at);
    this.seenAt = Math.max(this.seenAt, packet.at);
    if (packet.length >= BULK_PACKET) this.bulkAt = packet.at;
    this.captured += packet.payload.length;
    this.rate.add(packet.at, bytes);
  }

  private recogniseNow(): void {
    const [client, server] = this.directions;
    this.found =
      recognise({
        transport: this.transport,
        client: this.firstDatagram?.bytes ?? client.opening,
        server: server.opening,
        serverPort: portOf(this.server),
        length: this.firstDatagram?.length ?? 0,
      }) ?? this.found;
    if (this.found?.proof) this.proof ??= new Search(Buffer.from(this.found.proof));
  }

  private look(offset: number, payload: Buffer, side: Side): void {
    this.sampler.take(offset, payload);
    if (this.proof && side === 0) {
      this.proof.take(offset, payload);
      this.isProven ||= this.proof.count > 0;
    }
    const at = this.searches?.[side].take(offset, payload);
    if (!this.options.reveal) return;
    if (at !== undefined) this.revealed = Buffer.from(payload.subarray(at, at + MAX_REVEALED));
    else this.revealed ??= textIn(payload);
  }

  private resetSearch(): void {
    const { canary } = this.options;
    this.searches = canary && [new Search(canary), new Search(canary)];
    this.proof &&= new Search(Buffer.from(this.found!.proof!));
  }
}

/** Whether the packet asks for a connection. */
export function isRequest({ flags }: Packet): boolean {
  return (flags & (SYN | ACK)) === SYN;
}

const LEAST_TEXT = 32;

/** The first stretch of printable ASCII that is long enough to be read; a copy. */
function textIn(payload: Buffer): Buffer | undefined {
  for (let at = 0, from = 0; at <= payload.length; at++) {
    const byte = payload[at] ?? 0;
    if (byte >= 0x20 && byte < 0x7f && at - from < MAX_REVEALED) continue;
    if (at - from >= LEAST_TEXT) return Buffer.from(payload.subarray(from, at));
    from = at + 1;
  }
  return undefined;
}
