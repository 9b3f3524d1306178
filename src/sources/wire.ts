import type { WireSpec } from '../../probes/wire/spec.js';
import { WireTap } from '../../probes/wire/tap.js';
import { type FlowReport, OUTCOMES } from '../core/outcomes.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session-info.js';
import type { WireStream } from '../core/wire/stream.js';
import type { TargetSpec } from '../plan/targets.js';
import { Notices } from '../session/notices.js';
import type { LiveSamples } from './live-samples.js';

/** What `--wire` asks for. */
export interface WireWatch {
  specs: readonly WireSpec[];
  canary?: Buffer;
}

/** Less than this is only recorded if it is a migration or a copy of storage. */
const LEAST_BYTES = 1_000_000;
const MAX_DETAILS = 300;

/** Our own samples together with the streams on network interfaces. */
export class SourceWithWire implements LiveSamples {
  private readonly notices = new Notices();
  private taps: readonly WireTap[] = [];
  private count = 0;
  private deliver: (samples: readonly Sample[]) => void = () => {};

  private constructor(
    private readonly own: LiveSamples,
    private readonly watch: WireWatch,
  ) {}

  /** The source itself if no interface is asked for. */
  static of(own: LiveSamples, watch: WireWatch): LiveSamples {
    return watch.specs.length === 0 ? own : new SourceWithWire(own, watch);
  }

  now(): Millis {
    return this.own.now();
  }

  info(): SessionInfo {
    const info = this.own.info();
    return { ...info, notices: [...info.notices, ...this.notices.texts] };
  }

  async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    this.deliver = deliver;
    await this.own.start(deliver);
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

  async stop(): Promise<void> {
    await Promise.all(this.taps.map(tap => tap.stop()));
    this.deliver = () => {};
    await this.own.stop();
  }

  add(spec: TargetSpec): Promise<void> {
    return this.own.add(spec);
  }

  remove(target: TargetId): boolean {
    return this.own.remove(target);
  }

  set onTarget(listener: ((change: TargetChange) => void) | undefined) {
    this.own.onTarget = listener;
  }

  get onTarget() {
    return this.own.onTarget;
  }

  set onNotice(listener: ((text: string) => void) | undefined) {
    this.own.onNotice = listener;
    this.notices.onNotice = listener;
  }

  get onNotice() {
    return this.own.onNotice;
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
