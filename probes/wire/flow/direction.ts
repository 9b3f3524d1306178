import type { Packet } from '../packet.js';

/** The first bytes of a direction that are kept: a chain of certificates fits. */
const MAX_OPENING = 8192;
/** Segments ahead of the first gap that are kept for it. */
const MAX_AHEAD = 8;
/** No sequence number is further ahead of the last one than a window may be (RFC 7323, 2.3). */
const MAX_STEP = 2 ** 30;

/** A segment within the stream of its direction. */
export interface Segment {
  /** From the first byte of the stream. */
  offset: number;
  /** It brings bytes that no earlier segment had. */
  isNew: boolean;
}

/**
 * One direction of a TCP connection. Its bytes are counted by sequence numbers, so that neither a lost frame nor a repeated
 * one changes the count.
 */
export class Direction {
  /** All bytes sent so far, as the sequence numbers say. */
  bytes = 0;
  /** Nothing can be added to the opening. */
  isOpened = false;
  private base: number | undefined;
  private first: Buffer = Buffer.alloc(0);
  private ahead: { offset: number; bytes: Buffer }[] = [];

  /** The first bytes, without a gap. */
  get opening(): Buffer {
    return this.first;
  }

  /** The SYN was seen, whose sequence number precedes the first byte. */
  begin(sequence: number): void {
    this.base ??= (sequence + 1) >>> 0;
  }

  /** Takes a segment with payload. Undefined if its sequence number can't belong to the connection. */
  take({ sequence, payload, length }: Packet): Segment | undefined {
    this.base ??= sequence;
    const expected = (this.base + this.bytes) >>> 0;
    // The difference modulo 2^32, with its sign.
    const step = (sequence - expected) | 0;
    const offset = this.bytes + step;
    if (step > MAX_STEP || offset < 0) return undefined;
    const isNew = offset + length > this.bytes;
    this.bytes = Math.max(this.bytes, offset + length);
    if (!this.isOpened) this.open(offset, payload, payload.length < length);
    return { offset, isNew };
  }

  private open(offset: number, payload: Buffer, isCut: boolean): void {
    if (offset > this.first.length) this.keepAhead(offset, payload);
    else {
      this.extend(offset, payload);
      this.extendByAhead();
      if (isCut || this.first.length >= MAX_OPENING) this.close();
    }
  }

  private keepAhead(offset: number, payload: Buffer): void {
    if (offset >= MAX_OPENING || this.ahead.length >= MAX_AHEAD) this.close();
    else this.ahead.push({ offset, bytes: Buffer.from(payload.subarray(0, MAX_OPENING)) });
  }

  private extendByAhead(): void {
    const inOrder = this.ahead.splice(0).sort((a, b) => a.offset - b.offset);
    for (const piece of inOrder)
      if (piece.offset <= this.first.length) this.extend(piece.offset, piece.bytes);
      else this.ahead.push(piece);
  }

  private extend(offset: number, bytes: Buffer): void {
    const rest = bytes.subarray(this.first.length - offset);
    if (rest.length > 0) this.first = Buffer.concat([this.first, rest]).subarray(0, MAX_OPENING);
  }

  private close(): void {
    this.isOpened = true;
    this.ahead = [];
  }
}
