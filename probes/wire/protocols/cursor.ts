/** Reads numbers and texts from bytes that may end at any place: behind the end, all are undefined. */
export class Cursor {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** A number of 1, 2, 3, 4 or 8 bytes, the highest first. One of 8 bytes may be rounded. */
  number(size: 1 | 2 | 3 | 4 | 8): number | undefined {
    if (this.left < size) return undefined;
    const from = this.at;
    this.at += size;
    if (size === 1) return this.view.getUint8(from);
    if (size === 2) return this.view.getUint16(from);
    if (size === 3) return this.view.getUint8(from) * 65_536 + this.view.getUint16(from + 1);
    if (size === 4) return this.view.getUint32(from);
    return this.view.getUint32(from) * 2 ** 32 + this.view.getUint32(from + 4);
  }

  take(length: number): Uint8Array | undefined {
    if (length < 0 || this.left < length) return undefined;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** As many as there are of `length` bytes. */
  takeUpTo(length: number): Uint8Array {
    return this.take(Math.min(length, this.left))!;
  }

  /** The bytes behind a length of `size` bytes. */
  vector(size: 1 | 2 | 3): Uint8Array | undefined {
    const length = this.number(size);
    return length === undefined ? undefined : this.take(length);
  }

  /** The same, cut where the bytes end. */
  vectorSoFar(size: 1 | 2 | 3): Uint8Array | undefined {
    const length = this.number(size);
    return length === undefined ? undefined : this.takeUpTo(length);
  }
}

/** The longest text that is taken from a stream. */
const MAX_TEXT = 120;

/** ASCII that is printable throughout, such as a name; undefined if it is anything else, or longer than a name. */
export function asciiIn(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes || bytes.length === 0 || bytes.length > MAX_TEXT) return undefined;
  const text = latin(bytes);
  return /^[ -~]+$/.test(text) ? text : undefined;
}

/** One character for each byte. */
export function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4096));
}

export function beginsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && latin(bytes.subarray(0, text.length)) === text;
}
