import type { ClockStep } from '../clock/track.js';
import type { EventKind, MigrationEvent } from '../event.js';
import { type Millis, type TargetId, toMicros } from '../sample.js';
import { mapOf, moment, object, oneOf, optional, text, truth } from '../validation/saved-state.js';
import { type Disturbance, receivedAt } from './disturbance.js';
import { type Alarm, blackoutOf, evidenceOf, stuntimeOf } from './evidence.js';
import { type Features, longestOf } from './features.js';
import { anyRule, type Rule } from './rules.js';

/** An event while it is open. */
export interface OpenEvent {
  id: string;
  detectedAt: Millis;
  /** The detectors' reasons, by detector name. */
  alarms: Map<string, string>;
  rule?: Rule;
  ruledAt: Millis;
  light?: 'amber' | 'red';
  gapEnded: boolean;
}

/** More detectors than anybody runs. */
const MAX_ALARMS = 1000;

/** How an open event is saved in the state of its target. */
export const OPEN_EVENT = object<OpenEvent>({
  id: text,
  detectedAt: moment,
  alarms: mapOf(text, MAX_ALARMS),
  rule: optional(anyRule),
  ruledAt: moment,
  light: optional(oneOf('amber', 'red')),
  gapEnded: truth,
});

/** A copy that still answers after this long counts as the target. */
const MAX_GHOST_MS: Millis = 60_000;

/** A ghost that lasted for a while stays a ghost, although its end looks like a clock that was set. */
export function isSure({ rule, ruledAt }: OpenEvent, now: Millis, settleMs: Millis): boolean {
  return rule?.kind === 'ghost' && now - ruledAt >= settleMs / 2;
}

/** A ghost goes on until the clock, `step` being its latest, is back on its former course, or until a timeout. */
export function isGhostSuspected(
  { kind }: Rule,
  { startedAt }: Disturbance,
  step: ClockStep | undefined,
  now: Millis,
): boolean {
  const back = step !== undefined && step.stepMs > 0;
  return kind === 'ghost' && !back && now - startedAt < MAX_GHOST_MS;
}

/** What an event was judged by. */
interface Judged {
  found: Features;
  alarms: readonly Alarm[];
  typicalMs: Millis;
  endedAt: Millis | undefined;
}

/** The event as it is reported. */
export function describe(
  target: TargetId,
  event: OpenEvent,
  disturbance: Disturbance,
  { found, alarms, typicalMs, endedAt }: Judged,
): MigrationEvent {
  const { id: rule, kind, red = false, confidence, witness, why } = event.rule!;
  // Congestion delays and drops packets too, but nothing stood still.
  const stoodStill = kind !== 'congestion';
  const blackoutMs = stoodStill ? blackoutOf(found, typicalMs) : undefined;
  const stuntimeMs = stoodStill ? stuntimeOf(found) : undefined;
  return {
    id: event.id,
    state: endedAt === undefined ? 'open' : 'closed',
    target,
    kind,
    rule,
    red,
    startedAt: startOf(kind, found) ?? disturbance.startedAt,
    ...(endedAt !== undefined && { endedAt: toMicros(endedAt) }),
    detectedAt: event.detectedAt,
    ...(blackoutMs && { blackoutMs }),
    ...(stuntimeMs !== undefined && { stuntimeMs }),
    confidence,
    evidence: [{ witness, summary: why }, ...evidenceOf(found, alarms)],
  };
}

/** When the event began: a slow reply shortly before belongs to the disturbance, but not to the event. */
function startOf(kind: EventKind, { gap, sawtooth }: Features): Millis | undefined {
  if (kind === 'pause') return sawtooth?.first.at;
  return kind === 'congestion' ? undefined : gap?.first.at;
}

/** When the event ended; `step` is the latest step of the clock. */
export function endOf({ kind }: Rule, disturbance: Disturbance, step: ClockStep | undefined): Millis {
  if (kind === 'ghost' && step && step.stepMs > 0) return step.to;
  // A slow reply seconds after a gap keeps the event open, but is not part of the event.
  const hasGap = kind !== 'congestion' && kind !== 'pause';
  const gap = hasGap ? longestOf(disturbance.gaps()) : undefined;
  const recovery = (gap && disturbance.goodAround(gap.first, gap.last).after) ?? disturbance.recovery;
  return recovery ? receivedAt(recovery) : disturbance.lastBadAt;
}
