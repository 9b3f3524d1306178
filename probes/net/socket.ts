import { isIP } from 'node:net';
import { attachFilter, equals, type Instruction, indexAfterIpv4, keep, load, loadIndexed } from './filter.js';
import type { Libc } from './libc.js';
import { Memory } from './memory.js';

/** `datagram`: the kernel's ping socket, for users in ping_group_range. `raw`: needs CAP_NET_RAW. */
export type SocketKind = 'datagram' | 'raw';
export type Family = 4 | 6;
export type Protocol = 'icmp' | 'tcp' | 'udp';

export const AF: Record<Family, number> = { 4: 2, 6: 10 };
export const AF_PACKET = 17;
/** Bytes of a sockaddr, and where in it the address lies. */
export const SOCKADDR: Record<Family, { length: number; at: number; bytes: number }> = {
  4: { length: 16, at: 4, bytes: 4 },
  6: { length: 28, at: 8, bytes: 16 },
};

/** Where the port lies in a sockaddr of either family, in network byte order. */
export const PORT_AT = 2;

/** ICMP and ICMPv6; TCP; UDP. */
const PROTOCOL: Record<Protocol, Record<Family, number>> = {
  icmp: { 4: 1, 6: 58 },
  tcp: { 4: 6, 6: 6 },
  udp: { 4: 17, 6: 17 },
};
/** Non-blocking, and closed in every child. */
const FLAGS = 0o4000 | 0o2000000;
/** The type of every raw socket of ours. */
const RAW = 3 | FLAGS;
const TYPE: Record<SocketKind, number> = { datagram: 2 | FLAGS, raw: RAW };

const SOL_SOCKET = 1;
/** SO_RCVBUF and SO_RCVBUFFORCE, SO_SNDBUF and SO_SNDBUFFORCE. */
const BUFFERS = [
  [8, 33],
  [7, 32],
] as const;
const SO_BINDTODEVICE = 25;
const SO_TIMESTAMPING = 37;
/** SOF_TIMESTAMPING_TX_SOFTWARE, _RX_SOFTWARE, _SOFTWARE and _OPT_ID. */
const TX_AND_RX_SOFTWARE = 2 | 8 | 16 | 128;
const BUFFER_BYTES = 4 << 20;

/** IP_RECVERR and IP_RECVTTL; IPV6_RECVERR and IPV6_RECVHOPLIMIT. */
const ERRORS_AND_TTL: Record<Family, [level: number, options: number[]]> = {
  4: [0, [11, 12]],
  6: [41, [25, 51]],
};

const BLOCK_ALL: Record<Family, Uint8Array<ArrayBuffer>> = {
  4: new Uint8Array(4).fill(255),
  6: new Uint8Array(32).fill(255),
};
/** ICMP_FILTER and ICMP6_FILTER, which block the types whose bit is set. */
const FILTER: Record<Family, { level: number; option: number }> = {
  4: { level: 255, option: 1 },
  6: { level: 58, option: 1 },
};

/** Offsets of an ICMP message's type and, in echoes and timestamps, its id; and more bytes than any message of ours has. */
const TYPE_AT = 0;
const ID_AT = 4;
const MESSAGE_BYTES_KEPT = 256;

const MEANING: Record<string, string> = {
  EPERM: 'not permitted',
  EACCES: 'not permitted',
  ENODEV: 'there is no such interface',
  EADDRNOTAVAIL: 'no interface of this machine has this address',
  EAFNOSUPPORT: 'this machine does not support it',
  EPROTONOSUPPORT: 'this machine does not support it',
};

/** The system refused a call. */
export class SystemError extends Error {
  constructor(
    what: string,
    readonly code: string,
  ) {
    super(`${what}: ${MEANING[code] ? `${MEANING[code]} (${code})` : code}`);
  }
}

/** One socket for probes. Throws a SystemError if the system refuses. */
export class ProbeSocket {
  readonly fd: number;

  constructor(
    private readonly libc: Libc,
    readonly kind: SocketKind,
    readonly family: Family,
    protocol: Protocol = 'icmp',
  ) {
    this.fd = libc.socket(AF[family], TYPE[kind], PROTOCOL[protocol][family]);
    const name = `a ${kind} ${protocol.toUpperCase()} socket for IPv${family}`;
    if (this.fd < 0) throw new SystemError(name, libc.errorName());
  }

  /** Turns on time stamps, TTLs and ICMP errors, and enlarges the buffers for a burst. */
  prepare(): this {
    const [level, options] = ERRORS_AND_TTL[this.family];
    this.need('SO_TIMESTAMPING', SOL_SOCKET, SO_TIMESTAMPING, int(TX_AND_RX_SOFTWARE));
    for (const option of options) this.need(`IP option ${option}`, level, option, int(1));
    this.enlarge();
    return this;
  }

  /** Limits a raw socket, which would receive every ICMP message of the machine, to one type and one id, for good. */
  receiveOnly(type: number, id: number): this {
    this.pass(type);
    return this.filter(messagesOnly(this.family, type, id));
  }

  /** Limits a raw socket to its error queue, for good. */
  receiveNothing(): this {
    this.pass(undefined);
    return this.filter([keep(0)]);
  }

  /** Attaches a filter and locks it. Throws a SystemError if it is refused. */
  filter(instructions: readonly Instruction[]): this {
    if (attachFilter(this.libc, this.fd, instructions)) return this;
    throw new SystemError('socket filter', this.libc.errorName());
  }

  /** Enlarges the buffers for a burst: beyond the limit for ordinary users if permitted, otherwise up to it. */
  private enlarge(): void {
    for (const [usual, forced] of BUFFERS)
      if (!this.set(SOL_SOCKET, forced, int(BUFFER_BYTES)) && this.get(usual) < BUFFER_BYTES)
        this.set(SOL_SOCKET, usual, int(BUFFER_BYTES));
  }

  /** Lets one type of message pass, or none. Unlike a filter, the kernel checks this before it copies a packet. */
  private pass(type: number | undefined): void {
    const { level, option } = FILTER[this.family];
    const blocked = BLOCK_ALL[this.family].slice();
    if (type !== undefined) blocked[type >> 3]! &= ~(1 << (type & 7));
    this.need('ICMP filter', level, option, blocked);
  }

  /** Sends only from this interface, or from this address. */
  sendFrom(where: string): void {
    const family = isIP(where.split('%')[0]!);
    if (family === 0) {
      const what = `sending from interface ${JSON.stringify(where)}`;
      this.need(what, SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${where}\0`));
      return;
    }
    if (family !== this.family)
      throw new Error(`${where} is not an IPv${this.family} address to send from: name an interface`);
    if (this.libc.bind(this.fd, socketAddress(this.libc, where, this.family).bytes) < 0)
      throw new SystemError(`sending from ${where}`, this.libc.errorName());
  }

  close(): void {
    this.libc.close(this.fd);
  }

  /** A numeric option of the socket's own level; 0 if the kernel does not have it. */
  private get(option: number): number {
    const { bytes, view } = new Memory(4);
    this.libc.getsockopt(this.fd, SOL_SOCKET, option, bytes);
    return view.getInt32(0, true);
  }

  private need(what: string, level: number, option: number, value: Uint8Array<ArrayBuffer>): void {
    if (!this.set(level, option, value)) throw new SystemError(what, this.libc.errorName());
  }

  set(level: number, option: number, value: Uint8Array<ArrayBuffer>): boolean {
    return this.libc.setsockopt(this.fd, level, option, value) === 0;
  }
}

/** A new sockaddr of a numeric address, which may have a scope such as `%eth0`. Throws a RangeError for anything else. */
export function socketAddress(libc: Libc, text: string, family: Family, port = 0): Memory {
  const [host, scope] = text.split('%');
  if (isIP(host!) !== family) throw new RangeError(`${JSON.stringify(text)} is not an IPv${family} address`);
  const { length, at, bytes } = SOCKADDR[family];
  const memory = new Memory(length);
  memory.view.setUint16(0, AF[family], true);
  memory.view.setUint16(PORT_AT, port);
  libc.inet_pton(AF[family], host!, memory.bytes.subarray(at, at + bytes));
  if (family === 6 && scope) memory.view.setUint32(24, scopeIndex(libc, text, scope), true);
  return memory;
}

function scopeIndex(libc: Libc, text: string, scope: string): number {
  const index = /^\d+$/.test(scope) ? Number(scope) : libc.if_nametoindex(scope);
  if (index === 0)
    throw new RangeError(`${JSON.stringify(text)}: there is no interface ${JSON.stringify(scope)}`);
  return index;
}

/** A filter for one type and id. A raw socket for IPv4 also gets the IP header. */
function messagesOnly(family: Family, type: number, id: number): Instruction[] {
  const [header, field] = family === 4 ? [[indexAfterIpv4], loadIndexed] : [[], load];
  return [
    ...header,
    ...[field('byte', TYPE_AT), equals(type, 0, 3)],
    ...[field('half', ID_AT), equals(id, 0, 1)],
    ...[keep(MESSAGE_BYTES_KEPT), keep(0)],
  ];
}

function int(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** A packet socket that receives nothing until it is bound. Throws a SystemError if it is refused. */
export function openPacketSocket(libc: Libc): number {
  const fd = libc.socket(AF_PACKET, RAW, 0);
  if (fd < 0) throw new SystemError('a packet socket', libc.errorName());
  return fd;
}
