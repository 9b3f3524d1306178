import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session-info.js';
import type { TargetSpec } from '../plan/targets.js';
import { Notices } from '../session/notices.js';
import type { LiveSamples } from './live-samples.js';

/** A source around another one, to which it adds samples and notices of its own. */
export abstract class SourceAround implements LiveSamples {
  protected readonly notices = new Notices();
  protected deliver: (samples: readonly Sample[]) => void = () => {};

  constructor(protected readonly own: LiveSamples) {}

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
  }

  async stop(): Promise<void> {
    this.deliver = () => {};
    await Promise.all([this.own.stop(), this.stopAdded()]);
  }

  add(spec: TargetSpec): Promise<void> {
    return this.own.add(spec);
  }

  /** Removes only targets of the source inside; others have to be removed where they come from. */
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

  /** Stops what this source adds. */
  protected abstract stopAdded(): Promise<unknown>;
}
