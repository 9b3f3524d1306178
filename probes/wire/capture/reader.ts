/**
 * Reads captures in the formats pcap and pcapng from a stream of bytes, in memory that does not depend on the capture: at
 * most one frame and the chunk at hand are kept. A reader of our own, since the ones on npm are unmaintained and believe
 * every length.
 *
 * Reference: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
import { CaptureError, type CapturePorts, type Format } from './frame.js';
import { PcapFormat } from './pcap.js';
import { PcapngFormat } from './pcapng.js';

/** Enough to tell the formats apart. */
const MAGIC_BYTES = 4;

export class CaptureReader {
  private pending: Buffer = Buffer.alloc(0);
  private needs = MAGIC_BYTES;
  /** Bytes of an item that is not of interest, still to come. */
  private skip = 0;
  private offset = 0;
  private format: Format | undefined;

  constructor(private readonly ports: CapturePorts) {}

  /** Reads on. Throws a CaptureError for bytes that are no capture, or no further one. */
  push(chunk: Buffer): void {
    const skipped = Math.min(this.skip, chunk.length);
    this.skip -= skipped;
    this.offset += skipped;
    const rest = chunk.subarray(skipped);
    if (rest.length === 0) return;
    this.pending = this.pending.length === 0 ? rest : Buffer.concat([this.pending, rest]);
    let at = 0;
    while (this.pending.length - at >= this.needs && this.skip === 0) at += this.readOne(at);
    // A copy, since the chunk may be reused by the one who reads it.
    this.pending = Buffer.from(this.pending.subarray(at));
  }

  /** The capture is over. Throws a CaptureError if it is empty, or ends within an item. */
  end(): void {
    if (!this.format && this.pending.length < MAGIC_BYTES)
      throw new CaptureError(`${this.pending.length} bytes are no capture: pcap or pcapng was expected`);
    if (this.pending.length > 0 || this.skip > 0)
      throw new CaptureError(
        `the capture ends within an item that begins at byte ${this.offset}: it was cut`,
      );
  }

  /** The number of bytes that it used up; 0 if more are needed first. */
  private readOne(at: number): number {
    const bytes = this.pending.subarray(at);
    this.format ??= formatOf(bytes, this.ports);
    const item = this.format.read(bytes, this.offset);
    if ('needs' in item) {
      this.needs = Math.max(item.needs, bytes.length + 1);
      return 0;
    }
    const used = Math.min(item.length, bytes.length);
    this.skip = item.length - used;
    this.offset += used;
    this.needs = 1;
    return used;
  }
}

function formatOf(bytes: Buffer, ports: CapturePorts): Format {
  const format = PcapFormat.of(bytes, ports) ?? PcapngFormat.of(bytes, ports);
  if (format) return format;
  throw new CaptureError(
    `it begins with the bytes ${bytes.subarray(0, MAGIC_BYTES).toString('hex')}, which is neither pcap nor pcapng: name a capture of tcpdump, dumpcap or Wireshark`,
  );
}
