import { CaptureError, type CapturePorts, type Format, MAX_FRAME } from './frame.js';

const HEADER = 24;
const RECORD = 16;
const MICROS = 0xa1b2c3d4;
const NANOS = 0xa1b23c4d;
/** The upper bits of the field say how long the frame check sequence is. */
const LINK_MASK = 0xffff;

/** The format pcap: a header, then records, in the byte order of the machine that wrote it. */
export class PcapFormat implements Format {
  private link: number | undefined;

  private constructor(
    private readonly ports: CapturePorts,
    private readonly little: boolean,
    /** Fractions of a second in a millisecond. */
    private readonly perMilli: number,
  ) {}

  /** Undefined if the bytes do not begin with one of its magic numbers. */
  static of(bytes: Buffer, ports: CapturePorts): PcapFormat | undefined {
    for (const little of [true, false]) {
      const magic = little ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0);
      if (magic === MICROS) return new PcapFormat(ports, little, 1e3);
      if (magic === NANOS) return new PcapFormat(ports, little, 1e6);
    }
    return undefined;
  }

  read(bytes: Buffer, offset: number): { length: number } | { needs: number } {
    return this.link === undefined ? this.readHeader(bytes) : this.readRecord(bytes, offset, this.link);
  }

  private readHeader(bytes: Buffer): { length: number } | { needs: number } {
    if (bytes.length < HEADER) return { needs: HEADER };
    this.link = this.number(bytes, 20) & LINK_MASK;
    return { length: HEADER };
  }

  private readRecord(bytes: Buffer, offset: number, link: number): { length: number } | { needs: number } {
    if (bytes.length < RECORD) return { needs: RECORD };
    const captured = this.number(bytes, 8);
    const length = this.number(bytes, 12);
    if (captured > MAX_FRAME)
      throw new CaptureError(
        `the record at byte ${offset} claims ${captured} captured bytes, and ${MAX_FRAME} is the most: the capture is damaged`,
      );
    if (bytes.length < RECORD + captured) return { needs: RECORD + captured };
    const at = this.number(bytes, 0) * 1000 + this.number(bytes, 4) / this.perMilli;
    // A frame is never shorter on the wire than what was captured of it.
    const frame = bytes.subarray(RECORD, RECORD + captured);
    this.ports.frame({ at, link, bytes: frame, length: Math.max(length, captured) });
    return { length: RECORD + captured };
  }

  private number(bytes: Buffer, at: number): number {
    return this.little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }
}
