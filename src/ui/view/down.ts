import type { Millis } from '../../core/sample.js';
import { ProbeStatus } from '../history/ring.js';
import type { TargetState } from '../model/state.js';

/** A shorter silence is shown as lost probes. */
const MIN_DOWN_MS: Millis = 1000;
const MIN_INTERVALS = 3;

/** For how long a target has not answered; undefined while it answers, and if it never did. */
export function downOf(
  { probes, lastReplyAt }: TargetState,
  intervalMs: Millis,
  now: Millis,
): Millis | undefined {
  const { status } = probes.last();
  const silentMs = now - lastReplyAt;
  const isSilent = status === ProbeStatus.lost || status === ProbeStatus.overdue;
  const counts = silentMs >= Math.max(MIN_DOWN_MS, MIN_INTERVALS * intervalMs) && silentMs < Infinity;
  return isSilent && counts ? silentMs : undefined;
}
