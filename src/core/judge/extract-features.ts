import type { Millis } from '../sample.js';
import type { Disturbance } from './disturbance.js';
import type { Level } from './echo-history.js';
import { type Echo, type Gap, receivedAt, type Sawtooth } from './echo-runs.js';
import {
  type ClockEvidence,
  type ClockFeatures,
  type Features,
  MIN_FREEZE_MS,
  type PathFeatures,
} from './features.js';
import { firstReplyOf } from './first-reply.js';
import { wentOn } from './guest-clock.js';

/** What the target's own echoes do not show. */
export interface FeatureContext extends Pick<Features, 'echoAlarm' | 'unsent' | 'announcements' | 'audible'> {
  usualLevel: UsualLevel;
  clocks: ClockFeatures;
  path: PathFeatures;
  surroundings: Surroundings;
  /** The round trips' level before the disturbance. */
  usual: Level | undefined;
  now: Millis;
}

/** What our own probes and the other targets show. */
export type Surroundings = Pick<Features, 'lagMs' | 'others' | 'othersDisturbed'>;

/** The target's usual RTT and interval. */
export interface UsualLevel {
  typicalMs: Millis;
  spacingMs: Millis;
}

/** Recovery takes this long: the first replies after a blackout are late (measured: 7–50 ms over 1 ms). */
const RECOVERY_MS: Millis = 500;
/** Replies released together may overtake each other by this much: a gap does not count as ended before that. */
const REORDER_MS: Millis = 2;
/** The answer to the last queued request may itself be late by as much as a recovery takes. */
const KEPT_LAST_MS: Millis = 50;
export function extractFeatures(disturbance: Disturbance, context: FeatureContext): Features {
  const { clocks, path, surroundings, now } = context;
  const { typicalMs, spacingMs } = context.usualLevel;
  const around = { typicalMs, spacingMs, clock: clocks.clock, now };
  const gaps = disturbance.gaps();
  const gap = longestOf(gaps);
  const missing = gaps.reduce((sum, each) => sum + each.missing, 0);
  const slow = disturbance.inOrder().filter(echo => echo.status === 'slow');
  const sawtooth = sawtoothOf(disturbance, around);
  const standstillMs = standstillOf(disturbance, gap ?? sawtooth, around);
  const sinceGapMs = gap?.after ? now - receivedAt(gap.after) : 0;
  const gapEnded = gap?.after !== undefined && sinceGapMs >= REORDER_MS;
  const recovered = hasRecovered(disturbance, missing + slow.length, now);
  const { freezeMs, clockWentOn } = freezeOf(clocks.clock, standstillMs);
  return {
    gap,
    gapEnded,
    gapMs: gap ? (gap.after?.at ?? now) - (gap.before?.at ?? gap.first.at) : 0,
    sinceGapMs,
    sharp: gap === undefined || beside(slow, gap) <= 1 + gap.missing / 8,
    // Kept requests may be answered in any order.
    firstReply: recovered || gapEnded ? firstReplyOf(gaps, context.usual) : undefined,
    spacingMs,
    missing,
    stray: missing - (gap?.missing ?? 0),
    sawtooth,
    slow: slow.length,
    slowBeside: sawtooth ? slow.filter(echo => isBeside(echo, sawtooth)).length - sawtooth.queued : 0,
    sawtoothFits: sawtooth !== undefined && fits(sawtooth, standstillMs, around),
    lagMs: surroundings.lagMs,
    recovered,
    standstillMs,
    lengthMs: Math.max(0, disturbance.lastBadAt - disturbance.startedAt),
    echoAlarm: context.echoAlarm,
    unsent: context.unsent,
    others: surroundings.others,
    othersDisturbed: surroundings.othersDisturbed,
    freezeMs,
    clockWentOn,
    announcements: context.announcements,
    audible: context.audible,
    clock: clocks.clock,
    clocks: clocks.clocks,
    secondSilent: clocks.secondSilent,
    backOnCourse: clocks.backOnCourse,
    clockWithoutStep: clocks.clockWithoutStep,
    copyAgeMs: clocks.copyAgeMs,
    clockTurns: clocks.clockTurns,
    standstills: clocks.standstills,
    otherPace: path.otherPace,
    level: path.level,
    ttl: path.ttl,
    duplicates: path.duplicates,
    macs: path.macs,
  };
}

export function longestOf(gaps: readonly Gap[]): Gap | undefined {
  return gaps.reduce<Gap | undefined>(
    (best, gap) => (gap.missing > (best?.missing ?? 1) ? gap : best),
    undefined,
  );
}

/** The sawtooth of a pause has one tooth per interval and runs down to the usual RTT, since every request until the release was queued. */
export function sawtoothOf(
  disturbance: Disturbance,
  { typicalMs, spacingMs }: UsualLevel,
): Sawtooth | undefined {
  const sawtooth = disturbance.sawtooth();
  if (!sawtooth) return undefined;
  const { first, last, queued } = sawtooth;
  const complete = last.rttMs! - typicalMs < 2 * spacingMs + KEPT_LAST_MS;
  const dense = queued * spacingMs >= (last.at - first.at) / 2;
  return complete && dense ? sawtooth : undefined;
}

/** What some features are extracted with. */
interface Around extends UsualLevel {
  clock: ClockEvidence;
  now: Millis;
}

/**
 * The guest stood still at least as long as its first queued request waited for more than its way, and no longer than its
 * echoes were bad.
 */
function fits({ first, last }: Sawtooth, standstillMs: Millis, around: Around): boolean {
  const { clock, spacingMs, typicalMs } = around;
  if (clock.state !== 'read') return true;
  const slack = clock.errorMs + spacingMs / 2;
  const waited = receivedAt(last) - typicalMs - first.at;
  return -clock.stepMs >= waited - slack && -clock.stepMs <= standstillMs + slack;
}

function isBeside({ at }: Echo, { first, last }: Sawtooth): boolean {
  return at >= first.at - RECOVERY_MS && at <= last.at + RECOVERY_MS;
}

/** How many of these echoes were neither sent in the gap nor during the recovery from it. */
function beside(slow: readonly Echo[], gap: Gap): number {
  return slow.filter(({ at }) => !withinRecovery(at, gap)).length;
}

function withinRecovery(at: Millis, gap: Gap): boolean {
  return at >= gap.first.at && at <= (gap.after?.at ?? gap.last.at) + RECOVERY_MS;
}

function hasRecovered({ recovery }: Disturbance, bad: number, now: Millis): boolean {
  return bad === 0 || (recovery !== undefined && now >= receivedAt(recovery) + REORDER_MS);
}

/**
 * The longest standstill that fits between two probes and the latest reply, which was queued, or the stretch of bad echoes
 * if that was longer.
 */
function standstillOf(disturbance: Disturbance, bad: Gap | Sawtooth | undefined, around: Around): Millis {
  const longest = disturbance.inOrder().reduce((most, { rttMs = 0 }) => Math.max(most, rttMs), 0);
  const queued = Math.max(0, longest - around.typicalMs);
  const hidden = 2 * around.spacingMs + KEPT_LAST_MS + queued;
  if (!bad) return hidden;
  const { before, after } = disturbance.goodAround(bad.first, bad.last);
  return Math.max(hidden, (after ? receivedAt(after) : around.now) - (before ?? bad.first).at);
}

/**
 * Whether the guest stood still or continued, by its clock. After a standstill the clock is behind by its length, and never
 * by more than the time during which its echoes were bad.
 */
function freezeOf(
  clock: ClockEvidence,
  standstillMs: Millis,
): { freezeMs: Millis | undefined; clockWentOn: boolean } {
  if (clock.state !== 'read') return { freezeMs: undefined, clockWentOn: false };
  const behindMs = -clock.stepMs;
  const room = standstillMs + clock.errorMs + MIN_FREEZE_MS;
  const stoodStill = behindMs >= Math.max(MIN_FREEZE_MS, clock.errorMs) && behindMs <= room;
  return stoodStill
    ? { freezeMs: behindMs, clockWentOn: false }
    : { freezeMs: undefined, clockWentOn: wentOn(clock) };
}
