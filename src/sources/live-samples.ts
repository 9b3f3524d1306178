import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session-info.js';
import type { TargetSpec } from '../plan/targets.js';

/** A source of samples: probers, or a recording. */
export interface SampleSource {
  info(): SessionInfo;
  now(): Millis;
  /** Samples come in the order in which their outcomes were known. */
  start(deliver: (samples: readonly Sample[]) => void): Promise<void>;
  stop(): Promise<void>;
  /** Called with each notice, for sessions without a screen that shows `info().notices`. */
  onNotice: ((text: string) => void) | undefined;
}

/** A source whose targets change while it runs. */
export interface LiveSamples extends SampleSource {
  /** Starts to watch a target. One that is watched already gets its new label. */
  add(spec: TargetSpec): Promise<void>;
  /** Stops watching a target; false if this source can't remove it. Emits nothing about it afterwards. */
  remove(target: TargetId): boolean;
  /** Called with a target that was added, changed or removed. */
  onTarget: ((change: TargetChange) => void) | undefined;
}
