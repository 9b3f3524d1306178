import { progressOf } from '../../core/hypervisor/progress.js';
import { progressWords } from '../../core/hypervisor/words.js';
import type { Millis } from '../../core/sample.js';
import type { TargetState } from '../model/state.js';

/** Whether a hypervisor reports that a migration of the target runs. */
export function isMoving({ jobs }: TargetState, now: Millis): boolean {
  return jobs?.running(now) !== undefined;
}

/** `moving 63 %, 4 s left` and shorter forms, longest first; undefined while no migration of the target is reported. */
export function movingOf({ jobs }: TargetState, now: Millis): readonly string[] | undefined {
  const running = jobs?.running(now);
  const progress = running && progressOf(running);
  if (!progress) return undefined;
  const { share } = progress;
  const short = progressWords({ share, leftMs: undefined });
  return [...new Set([progressWords(progress), short, 'moving'])];
}
