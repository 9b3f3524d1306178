import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session.js';
import type { TargetSpec } from '../plan/targets.js';

/** A live source of samples, and of what is told beside them. */
export interface LiveSamples {
  info(): SessionInfo;
  now(): Millis;
  /** Samples come in the order in which their outcomes were known. */
  start(deliver: (samples: readonly Sample[]) => void): Promise<void>;
  /** Watches one target more. One that is watched already gets its new label. */
  add(spec: TargetSpec): Promise<void>;
  /** Watches a target no more; false where it is not for us to say. Nothing is said of it afterwards. */
  remove(target: TargetId): boolean;
  stop(): Promise<void>;
  /** Called with each notice, for those who have no screen to show them on. */
  onNotice: ((text: string) => void) | undefined;
  /** Called with a target that came later, changed, or left. */
  onTarget: ((change: TargetChange) => void) | undefined;
}
