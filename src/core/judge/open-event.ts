import type { Weighed } from '../causes/weigh.js';
import type { ClockStep } from '../clock/track.js';
import type { EventKind, MigrationEvent } from '../event.js';
import { type Millis, type TargetId, toMicros } from '../sample.js';
import { mapOf, moment, number, object, oneOf, optional, text, truth } from '../validation/saved-state.js';
import type { Disturbance } from './disturbance.js';
import { receivedAt } from './echo-runs.js';
import { type Alarm, blackoutOf, evidenceOf, stuntimeOf, unreachableOf } from './evidence.js';
import { longestOf } from './extract-features.js';
import type { Features } from './features.js';
import { anyRule, type Rule } from './rules.js';

/** An event while it is open. */
export interface OpenEvent {
  id: string;
  detectedAt: Millis;
  /** The detectors' reasons, by detector name. */
  alarms: Map<string, string>;
  rule?: Rule;
  confidence: number;
  ruledAt: Millis;
  light?: 'amber' | 'red';
  gapEnded: boolean;
  /** Judged since every echo is answered as usual again. Undefined in an older state. */
  recovered: boolean | undefined;
  /** When the guest ran again, after a standstill that a clock showed. */
  stoodStillUntil: Millis | undefined;
}

/** More detectors than anybody runs. */
const MAX_ALARMS = 1000;

/** How an open event is saved in the state of its target. */
export const OPEN_EVENT = object<OpenEvent>({
  id: text,
  detectedAt: moment,
  alarms: mapOf(text, MAX_ALARMS),
  rule: optional(anyRule),
  confidence: number(0, 1),
  ruledAt: moment,
  light: optional(oneOf('amber', 'red')),
  gapEnded: truth,
  recovered: optional(truth),
  stoodStillUntil: optional(moment),
});

export function newEvent(id: string, now: Millis): OpenEvent {
  const undecided = { confidence: 0, gapEnded: false, recovered: false, stoodStillUntil: undefined };
  return { id, detectedAt: now, alarms: new Map(), ruledAt: now, ...undecided };
}

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

/**
 * Congestion delays and drops packets too, but nothing stood still; nor when a clock was set or the path changed. After a
 * takeover, another machine's clock answers.
 */
const RUNNING_ON: ReadonlySet<EventKind> = new Set(['congestion', 'clock-set', 'path-change', 'takeover']);

/** What an event was judged by. */
interface Judged {
  found: Features;
  weighed: Weighed;
  why: string;
  alarms: readonly Alarm[];
  typicalMs: Millis;
  endedAt: Millis | undefined;
}

/** The event as it is reported. */
export function describe(
  target: TargetId,
  event: OpenEvent,
  disturbance: Disturbance,
  { found, weighed, why, alarms, typicalMs, endedAt }: Judged,
): MigrationEvent {
  const { id: rule, kind, red, witness } = event.rule!;
  const stoodStill = !RUNNING_ON.has(kind);
  const blackoutMs = stoodStill ? blackoutOf(found, typicalMs) : undefined;
  const stuntimeMs = stoodStill ? stuntimeOf(found, disturbance.inOrder()) : undefined;
  const unreachableMs = unreachableOf(found, typicalMs)?.estimate;
  const { evidence, against } = evidenceOf(found, weighed, alarms);
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
    ...(stoodStill && found.freezeMs !== undefined && { freezeMs: toMicros(found.freezeMs) }),
    ...(stoodStill && unreachableMs !== undefined && { unreachableMs }),
    ...(stuntimeMs !== undefined && { stuntimeMs }),
    confidence: event.confidence,
    evidence: [{ witness, summary: why }, ...evidence],
    ...(against.length > 0 && { against }),
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

/** When the guest ran again, as far as a clock shows it. */
export function standstillEnd({ kind }: Rule, { clock, freezeMs }: Features): Millis | undefined {
  const isStandstill =
    freezeMs !== undefined && (kind === 'migration' || kind === 'pause' || kind === 'unclear');
  return isStandstill && clock.state === 'read' ? clock.to : undefined;
}
