import type { Millis } from '../../../src/core/sample.js';

/** A frame as a capture holds it. `bytes` is valid only until the receiver returns. */
export interface Frame {
  at: Millis;
  /** The link-layer type, as https://www.tcpdump.org/linktypes.html numbers them. */
  link: number;
  /** The captured part. */
  bytes: Buffer;
  /** The length on the wire. */
  length: number;
}

/** Receives what a capture holds. */
export interface CapturePorts {
  frame(frame: Frame): void;
  /** The number of frames that the capturing kernel lost so far, where the capture says so. */
  drops?(count: number): void;
}

/** A capture that can't be read on, with the place and the reason. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

/** No program captures more of one frame (MAXIMUM_SNAPLEN of libpcap). */
export const MAX_FRAME = 262_144;

/** What a format does with the bytes in front of it. */
export interface Format {
  /**
   * Reads one item from the beginning of `bytes`, which is `offset` bytes into the capture. Returns the item's length, of
   * which more than `bytes` holds is skipped unread; or `needs`, the number of bytes that it takes to go on.
   * Throws a CaptureError.
   */
  read(bytes: Buffer, offset: number): { length: number } | { needs: number };
}
