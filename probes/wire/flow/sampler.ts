import type { Content } from '../../../src/core/wire/stream.js';

/** Of the payload, this much from the beginning is looked at whole, and then one piece in EVERY. */
const WHOLE_BYTES = 1_000_000;
const EVERY = 16;
/** How much of a piece is looked at. */
const MAX_PIECE = 4096;
/** Text is judged by blocks of this size. */
const BLOCK = 64;
const TEXT_SHARE = 0.95;

/** Of QEMU's stream: the header of a page is be64 address | flags; a page of zeros is a header and a byte 0. */
const HEADER = 8;
const PAGE = 4096;
const [ZERO, NORMAL, CONTINUED] = [0x02, 0x08, 0x20];

/** Looks at a share of the payload of a stream, in time that does not depend on its rate. Keeps counts and none of the content. */
export class Sampler {
  private seen = 0;
  private pieces = 0;
  private sampled = 0;
  private blocks = 0;
  private textBlocks = 0;
  private zeroRecords = 0;
  private otherBytes = 0;
  private readonly counts = new Float64Array(256);

  take(piece: Buffer): void {
    this.seen += piece.length;
    if (this.seen > WHOLE_BYTES && this.pieces++ % EVERY !== 0) return;
    const bytes = piece.length > MAX_PIECE ? piece.subarray(0, MAX_PIECE) : piece;
    this.sampled += bytes.length;
    this.countBytes(bytes);
    this.countPages(bytes);
  }

  get content(): Content {
    const { sampled, blocks, zeroRecords } = this;
    const pages = zeroRecords + this.otherBytes / (HEADER + PAGE);
    return {
      sampled,
      entropy: entropyOf(this.counts, sampled),
      textShare: blocks === 0 ? 0 : this.textBlocks / blocks,
      zeroPages: zeroRecords,
      zeroShare: pages === 0 ? 0 : zeroRecords / pages,
    };
  }

  private countBytes(bytes: Buffer): void {
    const { counts } = this;
    let printable = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      counts[byte]!++;
      if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)) printable++;
      if (at % BLOCK !== BLOCK - 1) continue;
      this.blocks++;
      if (printable >= BLOCK * TEXT_SHARE) this.textBlocks++;
      printable = 0;
    }
  }

  private countPages(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const flags = at + HEADER < bytes.length ? flagsAt(bytes, at) : -1;
      if (flags === (ZERO | CONTINUED) && bytes[at + HEADER] === 0) {
        this.zeroRecords++;
        at += HEADER + 1;
      } else {
        const length = flags === (NORMAL | CONTINUED) ? Math.min(HEADER + PAGE, bytes.length - at) : 1;
        this.otherBytes += length;
        at += length;
      }
    }
  }
}

/** The flags of a page header of a guest below 1 TB; −1 if it can't be one. */
function flagsAt(bytes: Buffer, at: number): number {
  const isHeader =
    bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 0 && (bytes[at + 6]! & 0x0f) === 0;
  return isHeader ? bytes[at + 7]! : -1;
}

/** Shannon's, in bits a byte. */
function entropyOf(counts: Float64Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
