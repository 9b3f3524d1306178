import type { Content } from '../../../src/core/wire/stream.js';

/** Every byte up to this offset of a stream is read, and one KiB of every 16 after it. */
const WHOLE_BYTES = 1_000_000;
const WINDOW = 1024;
const EVERY = 16;
/** Text is judged by blocks of this size. */
const BLOCK = 64;
const TEXT_SHARE = 0.95;

/** Of QEMU's stream: the header of a page is be64 address | flags; a page of zeros is a header and a byte 0. */
const HEADER = 8;
const PAGE = 4096;
const [ZERO, NORMAL, CONTINUED] = [0x02, 0x08, 0x20];

/**
 * Looks at a share of the payload of a stream, in time that does not depend on its rate. What it leaves out counts like what it
 * looks at, so that its shares are those of the whole stream. Keeps counts and none of the content.
 */
export class Sampler {
  private sampled = 0;
  /** All that follow are weighted. */
  private blocks = 0;
  private textBlocks = 0;
  private zeroPages = 0;
  private otherBytes = 0;
  private readonly counts = new Float64Array(256);

  /** Takes a piece of the stream at its offset. */
  take(offset: number, piece: Buffer): void {
    if (offset < WHOLE_BYTES) this.look(piece, 1);
    else
      for (let at = nextWindow(offset); at < offset + piece.length; at = nextWindow(at + windowLeft(at)))
        this.look(
          piece.subarray(at - offset, Math.min(at + windowLeft(at), offset + piece.length) - offset),
          EVERY,
        );
  }

  get content(): Content {
    const { sampled, counts, blocks, textBlocks, zeroPages } = this;
    return {
      sampled,
      entropy: entropyOf(counts),
      textShare: blocks === 0 ? 0 : textBlocks / blocks,
      zeroPages,
      pages: zeroPages + this.otherBytes / (HEADER + PAGE),
    };
  }

  private look(bytes: Buffer, weight: number): void {
    this.sampled += bytes.length;
    this.countBytes(bytes, weight);
    this.countPages(bytes, weight);
  }

  private countBytes(bytes: Buffer, weight: number): void {
    const { counts } = this;
    let printable = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      counts[byte]! += weight;
      if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)) printable++;
      if (at % BLOCK !== BLOCK - 1) continue;
      this.blocks += weight;
      if (printable >= BLOCK * TEXT_SHARE) this.textBlocks += weight;
      printable = 0;
    }
  }

  private countPages(bytes: Buffer, weight: number): void {
    for (let at = 0; at < bytes.length; ) {
      const flags = at + HEADER < bytes.length ? flagsAt(bytes, at) : -1;
      if (flags === (ZERO | CONTINUED) && bytes[at + HEADER] === 0) {
        this.zeroPages += weight;
        at += HEADER + 1;
      } else {
        const length = flags === (NORMAL | CONTINUED) ? Math.min(HEADER + PAGE, bytes.length - at) : 1;
        this.otherBytes += length * weight;
        at += length;
      }
    }
  }
}

/** The next offset that is read: this one, if it is within a window. */
function nextWindow(at: number): number {
  const within = at % (WINDOW * EVERY);
  return within < WINDOW ? at : at - within + WINDOW * EVERY;
}

/** From here to the end of its window. */
function windowLeft(at: number): number {
  return WINDOW - (at % (WINDOW * EVERY));
}

/** The flags of a page header of a guest below 1 TB; −1 if it can't be one. */
function flagsAt(bytes: Buffer, at: number): number {
  const isHeader =
    bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 0 && (bytes[at + 6]! & 0x0f) === 0;
  return isHeader ? bytes[at + 7]! : -1;
}

/** Shannon's, in bits a byte. */
function entropyOf(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
