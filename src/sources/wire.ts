import type { WireSpec } from '../../probes/wire/spec.js';
import { WireTap } from '../../probes/wire/tap.js';
import { type FlowReport, OUTCOMES } from '../core/outcomes.js';
import { type Sample, toMicros } from '../core/sample.js';
import type { WireStream } from '../core/wire/stream.js';
import type { LiveSamples } from './live-samples.js';
import { SourceAround } from './source-around.js';

/** What `--wire` asks for. */
export interface WireWatch {
  specs: readonly WireSpec[];
  canary?: Buffer;
}

/** Less than this is only recorded if it is a migration or a copy of storage. */
const LEAST_BYTES = 1_000_000;
const MAX_DETAILS = 300;

/** Our own samples together with the streams on network interfaces. */
export class SourceWithWire extends SourceAround {
  private taps: readonly WireTap[] = [];
  private count = 0;

  private constructor(
    own: LiveSamples,
    private readonly watch: WireWatch,
  ) {
    super(own);
  }

  /** The source itself if no interface is asked for. */
  static of(own: LiveSamples, watch: WireWatch): LiveSamples {
    return watch.specs.length === 0 ? own : new SourceWithWire(own, watch);
  }

  override async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    await super.start(deliver);
    const { specs, canary } = this.watch;
    this.taps = specs.map(
      spec =>
        new WireTap(
          spec,
          { ...(canary && { canary }) },
          {
            stream: stream => this.take(stream),
            notice: text => this.notices.add(text),
            ended: error => this.notices.add(`--wire ${spec.device}: ${error.message}`),
          },
        ),
    );
  }

  /** A tap that stops delivers the streams that it still follows, so that the taps come first. */
  override async stop(): Promise<void> {
    await this.stopAdded();
    this.taps = [];
    await super.stop();
  }

  protected stopAdded(): Promise<unknown> {
    return Promise.all(this.taps.map(tap => tap.stop()));
  }

  private take(stream: WireStream): void {
    const { migration, protocol, bytes } = stream;
    const target = this.own.info().targets[0]?.target;
    if (target === undefined || (migration === 'no' && protocol !== 'nbd' && bytes < LEAST_BYTES)) return;
    const at = toMicros(this.now());
    const outcome = { kind: 'flow' as const, ...this.reportOf(stream) };
    this.deliver([{ at, knownAt: at, target, probe: OUTCOMES.flow.witness, seq: this.count++, outcome }]);
  }

  /** Frames are stamped by the system's clock; a session's time line may be apart from it. */
  private reportOf(stream: WireStream): FlowReport {
    const { from, to, bytes, backBytes, channels, protocol, protection, migration, why, details, canary } =
      stream;
    const offsetMs = this.now() - Date.now();
    return {
      ...{ from, to },
      startedAt: toMicros(stream.startedAt + offsetMs),
      endedAt: toMicros(stream.endedAt + offsetMs),
      ...{ bytes, backBytes, channels, protocol, protection, migration, why },
      ...(details.length > 0 && { details: details.join(', ').slice(0, MAX_DETAILS) }),
      ...(canary && { canary: canary.count }),
    };
  }
}
