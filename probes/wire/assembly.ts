import type { WireStream } from '../../src/core/wire/stream.js';
import type { CapturePorts, Frame } from './capture/frame.js';
import { isKnownLink, LINK_NAMES, packetIn } from './packet.js';
import { type StreamOptions, Streams } from './streams.js';

/** Turns the frames of a capture into streams, and counts what it could not use. */
export class Assembly implements CapturePorts {
  frames = 0;
  /** Frames that the capturing kernel lost; undefined if the capture does not say. */
  dropped: number | undefined;
  private readonly streams: Streams;
  private unknownLink: number | undefined;

  constructor(options: StreamOptions, report: (stream: WireStream) => void) {
    this.streams = new Streams(options, report);
  }

  frame(frame: Frame): void {
    this.frames++;
    if (!isKnownLink(frame.link)) this.unknownLink ??= frame.link;
    const packet = packetIn(frame);
    if (packet) this.streams.packet(packet);
  }

  drops(count: number): void {
    this.dropped = count;
  }

  sweep(at: number): void {
    this.streams.sweep(at);
  }

  end(): void {
    this.streams.end();
  }

  /** What the user should read about the capture as a whole. */
  get remarks(): string[] {
    const { unknownLink, dropped } = this;
    return [
      ...(unknownLink === undefined
        ? []
        : [`frames of link type ${unknownLink} were left out: migwatch reads ${LINK_NAMES}`]),
      ...(dropped
        ? [`the kernel lost ${dropped} frames: short streams may be missing, byte counts of TCP are right`]
        : []),
    ];
  }
}
