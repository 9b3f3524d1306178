import type { Millis } from '../../src/core/sample.js';
import type { WireStream } from '../../src/core/wire/stream.js';
import { Assembly } from './assembly.js';
import type { WireSpec } from './spec.js';
import type { StreamOptions } from './streams.js';
import { type CaptureEnds, LiveCapture } from './tcpdump.js';

const SWEEP_MS: Millis = 500;
/** Frames come up to this late, so that a stream is not over before. */
const LATE_MS: Millis = 1500;

/** Receives what is seen on an interface. */
export interface TapPorts {
  /** A stream is over. Its times are those of the system's clock. */
  stream(stream: WireStream): void;
  notice(text: string): void;
  ready?(): void;
  /** It can't go on: called once, and nothing is called after it. */
  ended(error: Error): void;
}

/** Watches the streams on a network interface. */
export class WireTap {
  private readonly assembly: Assembly;
  private readonly capture: LiveCapture;
  private readonly timer: NodeJS.Timeout;
  /** The number of lost frames in the latest notice; the next one comes when it has doubled. */
  private noticed = 0;

  constructor(spec: WireSpec, options: StreamOptions, ports: TapPorts) {
    const hosts = spec.hosts.length > 0 ? { hosts: new Set(spec.hosts) } : {};
    this.assembly = new Assembly({ ...options, ...hosts }, stream => ports.stream(stream));
    const ends: CaptureEnds = {
      frame: frame => this.assembly.frame(frame),
      drops: count => {
        if (count > 2 * this.noticed) {
          this.noticed = count;
          ports.notice(
            `the kernel lost ${count} frames on ${spec.device}; bytes of TCP are counted nevertheless`,
          );
        }
        this.assembly.drops(count);
      },
      ready: () => ports.ready?.(),
      ended: error => {
        clearInterval(this.timer);
        this.assembly.end();
        ports.ended(error);
      },
    };
    this.capture = new LiveCapture(spec, ends, { whole: options.canary !== undefined });
    this.timer = setInterval(() => this.assembly.sweep(Date.now() - LATE_MS), SWEEP_MS);
  }

  /** Resolves when the capture has ended; streams that go on are reported before. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.capture.stop();
    this.assembly.end();
  }

  get remarks(): readonly string[] {
    return this.assembly.remarks;
  }
}
