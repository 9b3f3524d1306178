import type { Millis } from '../../../src/core/sample.js';
import { CaptureError, type CapturePorts, type Format, MAX_FRAME } from './frame.js';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const STATISTICS = 5;
const ENHANCED_PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;

/** Type and length before a block, the length again after it. */
const BLOCK = 12;
/** Blocks that are read: the headers and options of a frame take little. Others are skipped, however long they are. */
const MAX_BLOCK = MAX_FRAME + 65_536;
const MAX_INTERFACES = 1024;
const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;
const DROPS = 5;
/** The end of the year 9999: no clock shows more, and no text of a time has room for it. */
const LAST_MS: Millis = Date.UTC(10_000, 0);

interface Interface {
  link: number;
  /** Ticks in a millisecond. */
  perMilli: number;
  /** Milliseconds to add. */
  offsetMs: number;
  drops: number;
}

/** The format pcapng: sections of blocks, each section in a byte order of its own. */
export class PcapngFormat implements Format {
  private little = true;
  private interfaces: Interface[] = [];

  private constructor(private readonly ports: CapturePorts) {}

  /** Undefined if the bytes do not begin with a section. */
  static of(bytes: Buffer, ports: CapturePorts): PcapngFormat | undefined {
    return bytes.readUInt32BE(0) === SECTION ? new PcapngFormat(ports) : undefined;
  }

  read(bytes: Buffer, offset: number): { length: number } | { needs: number } {
    if (bytes.length < BLOCK) return { needs: BLOCK };
    if (bytes.readUInt32BE(0) === SECTION) this.beginSection(bytes, offset);
    const type = this.number(bytes, 0);
    const length = this.number(bytes, 4);
    if (length < BLOCK || length % 4 !== 0)
      throw new CaptureError(
        `the block at byte ${offset} claims a length of ${length} bytes, which is ${length < BLOCK ? 'too short' : 'no multiple of 4'}: the capture is damaged`,
      );
    const take = this.readers[type];
    if (!take) return { length };
    if (length > MAX_BLOCK)
      throw new CaptureError(
        `the block at byte ${offset} claims ${length} bytes, and ${MAX_BLOCK} is the most for a frame: the capture is damaged`,
      );
    if (bytes.length < length) return { needs: length };
    if (this.number(bytes, length - 4) !== length)
      throw new CaptureError(`the block at byte ${offset} has two different lengths: the capture is damaged`);
    take(bytes.subarray(8, length - 4), offset);
    return { length };
  }

  private readonly readers: Readonly<Record<number, (body: Buffer, offset: number) => void>> = {
    [SECTION]: () => {
      this.interfaces = [];
    },
    [INTERFACE]: (body, offset) => this.addInterface(body, offset),
    [ENHANCED_PACKET]: (body, offset) =>
      this.takePacket(body, offset, { head: 20, id: () => this.number(body, 0) }),
    [OLD_PACKET]: (body, offset) =>
      this.takePacket(body, offset, {
        head: 20,
        id: () => (this.little ? body.readUInt16LE(0) : body.readUInt16BE(0)),
      }),
    [SIMPLE_PACKET]: (_, offset) => {
      throw new CaptureError(
        `the block at byte ${offset} is a frame without a time: capture with time stamps, as tcpdump and dumpcap do`,
      );
    },
    [STATISTICS]: body => this.takeStatistics(body),
  };

  private beginSection(bytes: Buffer, offset: number): void {
    if (bytes.readUInt32LE(8) === BYTE_ORDER) this.little = true;
    else if (bytes.readUInt32BE(8) === BYTE_ORDER) this.little = false;
    else throw new CaptureError(`the section at byte ${offset} has no byte order: the capture is damaged`);
  }

  private addInterface(body: Buffer, offset: number): void {
    if (body.length < 8) throw short('interface', offset);
    if (this.interfaces.length >= MAX_INTERFACES)
      throw new CaptureError(
        `more than ${MAX_INTERFACES} interfaces at byte ${offset}: the capture is damaged`,
      );
    const link = this.little ? body.readUInt16LE(0) : body.readUInt16BE(0);
    const added: Interface = { link, perMilli: 1e3, offsetMs: 0, drops: 0 };
    this.eachOption(body.subarray(8), (code, value) => {
      if (code === TIME_RESOLUTION && value.length >= 1) added.perMilli = ticksPerMilli(value[0]!);
      if (code === TIME_OFFSET && value.length >= 8) added.offsetMs = Number(this.signed(value)) * 1000;
    });
    this.interfaces.push(added);
  }

  private takePacket(body: Buffer, offset: number, { head, id }: { head: number; id: () => number }): void {
    if (body.length < head) throw short('frame', offset);
    const from = this.interfaces[id()];
    if (!from)
      throw new CaptureError(
        `the frame at byte ${offset} is from interface ${id()}, which the capture does not describe: it is damaged`,
      );
    const captured = this.number(body, 12);
    if (captured > body.length - head)
      throw new CaptureError(
        `the frame at byte ${offset} claims ${captured} captured bytes, and its block holds ${body.length - head}: the capture is damaged`,
      );
    const ticks = this.number(body, 4) * 2 ** 32 + this.number(body, 8);
    const at = ticks / from.perMilli + from.offsetMs;
    if (!(at >= 0 && at < LAST_MS))
      throw new CaptureError(
        `the frame at byte ${offset} has a time that is not between 1970 and 9999: the capture is damaged`,
      );
    this.ports.frame({
      at,
      link: from.link,
      bytes: body.subarray(head, head + captured),
      length: Math.max(this.number(body, 16), captured),
    });
  }

  private takeStatistics(body: Buffer): void {
    const of = body.length >= 12 ? this.interfaces[this.number(body, 0)] : undefined;
    if (!of) return;
    this.eachOption(body.subarray(12), (code, value) => {
      if (code === DROPS && value.length >= 8) of.drops = Number(this.unsigned(value));
    });
    this.ports.drops?.(this.interfaces.reduce((sum, { drops }) => sum + drops, 0));
  }

  /** Options end at the end of their list, at option 0, or at an option that is longer than the remaining bytes. */
  private eachOption(list: Buffer, take: (code: number, value: Buffer) => void): void {
    for (let at = 0; at + 4 <= list.length; ) {
      const code = this.little ? list.readUInt16LE(at) : list.readUInt16BE(at);
      const length = this.little ? list.readUInt16LE(at + 2) : list.readUInt16BE(at + 2);
      if (code === 0 || at + 4 + length > list.length) return;
      take(code, list.subarray(at + 4, at + 4 + length));
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
  }

  private number(bytes: Buffer, at: number): number {
    return this.little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  private signed(bytes: Buffer): bigint {
    return this.little ? bytes.readBigInt64LE(0) : bytes.readBigInt64BE(0);
  }

  private unsigned(bytes: Buffer): bigint {
    return this.little ? bytes.readBigUInt64LE(0) : bytes.readBigUInt64BE(0);
  }
}

/** `if_tsresol`: a negative power of 10, or of 2 if its highest bit is set, in seconds. */
function ticksPerMilli(resolution: number): number {
  const power = resolution & 0x7f;
  return (resolution & 0x80 ? 2 ** power : 10 ** power) / 1000;
}

function short(what: string, offset: number): CaptureError {
  return new CaptureError(`the block at byte ${offset} is too short for its ${what}: the capture is damaged`);
}
