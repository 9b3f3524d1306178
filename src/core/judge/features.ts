import type { Millis } from '../sample.js';
import type { AddressChange, RecentAnnouncements } from './announcements.js';
import { type Disturbance, type Echo, type Gap, receivedAt, type Sawtooth } from './disturbance.js';
import type { Level } from './echo-history.js';
import { type FirstReply, firstReplyOf } from './first-reply.js';
import { wentOn } from './guest-clock.js';

/** A longer gap is not the blackout of an ordinary migration. */
export const MAX_BLACKOUT_MS: Millis = 10_000;
/** No machine boots faster. */
export const MIN_BOOT_MS: Millis = 1000;

/**
 * What the causes are weighed by. Extracted again whenever the evidence changed, with the same fields each time: the
 * spreads that optional ones need took about half the time of a judging.
 */
export interface Features extends ClockFeatures, PathFeatures {
  /** The longest run of missing echoes, of at least two. */
  gap: Gap | undefined;
  /** An echo sent after the gap was answered, and those of the gap were not answered with it. */
  gapEnded: boolean;
  /** Last good send before to first good send after, or so far. */
  gapMs: Millis;
  /** Since the first reply after the gap. */
  sinceGapMs: Millis;
  /** Nearly all round trips were as usual right before the gap and soon after it. */
  sharp: boolean;
  /** The usual time between probes. */
  spacingMs: Millis;
  /** Of the first echo after the longest run of missing ones, even of one. */
  firstReply: FirstReply | undefined;
  missing: number;
  /** Missing echoes outside the gap. */
  stray: number;
  sawtooth: Sawtooth | undefined;
  slow: number;
  /** Slow echoes around the sawtooth that are not part of it. */
  slowBeside: number;
  /** The clock, if it was read, stood still for the length of the sawtooth. */
  sawtoothFits: boolean;
  /** The longest delay of one of our sends during the disturbance. */
  lagMs: Millis;
  /** Every echo sent since is answered as usual; true if only other witnesses saw the disturbance. */
  recovered: boolean;
  /** The longest time between two good echoes, or since the last one so far. */
  standstillMs: Millis;
  /** The length of the disturbance so far. */
  lengthMs: Millis;
  /** A detector that reads echoes alarmed. */
  echoAlarm: boolean;
  /** Probes that could not be sent meanwhile. */
  unsent: number;
  /** Other real targets that answer at all, and how many of them were disturbed at the same time. */
  others: number;
  othersDisturbed: number;
  /** How far the guest's clock fell behind, if a standstill of that length fits between the good echoes. */
  freezeMs: Millis | undefined;
  /** The guest's clock was read before and after, and continued: it did not stand still for as long as a blackout. */
  clockWentOn: boolean;
  announcements: RecentAnnouncements;
  /** Frames of the target reach this segment, so that a missing announcement is evidence. */
  audible: boolean;
}

/** `absent`: not read lately. `waiting`: read before, but not yet since, or not exactly enough. */
export type ClockEvidence =
  | { state: 'absent' | 'waiting' }
  | {
      state: 'read';
      stepMs: Millis;
      errorMs: Millis;
      /** First read on its new course. */
      to?: Millis;
      everyClock: boolean;
      /** It does not follow `date`. */
      monotonic: boolean;
    };

/** What the clocks of the guest say. */
export interface ClockFeatures {
  /** The clock that decides. */
  clock: ClockEvidence;
  /** Where a wall clock and a monotonic one were read: whether they agree, and how far the former was set meanwhile. */
  clocks: { agree: boolean; setByMs: Millis } | undefined;
  /** A second clock was not read on one side of the step of the first one. */
  secondSilent: boolean;
  /** The clock stepped back to a course that it had left for a new one: another clock was read in between. */
  backOnCourse: boolean;
  /** Without a gap: read often enough to rule out a standstill. */
  clockWithoutStep: boolean;
  /** The clock jumped back to a former standstill, which ended so long ago. */
  copyAgeMs: Millis | undefined;
  /** How often the clock changed between the same two courses. */
  clockTurns: number;
  /** Steps back during the disturbance. */
  standstills: number;
}

/** What else was seen of the path to the target, and of its address. */
export interface PathFeatures {
  /** The clock was stepped, and round trips are outside their usual range since. */
  otherPace: { fromMs: Millis; toMs: Millis } | undefined;
  /** The round trips' median before and since, where they moved for good. */
  level: { fromMs: Millis; toMs: Millis } | undefined;
  /** Of the replies before and since. */
  ttl: { from: number; to: number } | undefined;
  /** Probes that were answered twice. */
  duplicates: number;
  macs: AddressChange | undefined;
}

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

/** What our own probes and the other targets say. */
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
/** A clock that fell behind by less was adjusted or misread: it has a resolution of one millisecond. */
const MIN_FREEZE_MS: Millis = 3;

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

/** Requests were kept and answered together. A move loses requests first, and keeps those that follow. */
export function isPause({ sawtooth, missing, slowBeside, recovered }: Features): boolean {
  if (sawtooth === undefined || sawtooth.queued < 3) return false;
  // Until all replies are in, the first of the kept requests may be answered last.
  if (recovered && sawtooth.before?.status === 'missing') return false;
  return sawtooth.queued > missing && slowBeside <= 2 + sawtooth.queued / 4;
}

/** The guest stood still through three probes or more, and all were answered: they were queued. */
export function lostNothing({ freezeMs = 0, spacingMs, missing }: Features): boolean {
  return missing === 0 && spacingMs > 0 && freezeMs >= 3 * spacingMs;
}

export function isScattered({ gap, stray }: Features): boolean {
  return stray > 1 + (gap?.missing ?? 0) / 4;
}

/** The clock changed its course by more than it may be misread. */
export function isStepped({ clock }: Pick<Features, 'clock'>): boolean {
  return clock.state === 'read' && Math.abs(clock.stepMs) > Math.max(MIN_FREEZE_MS, clock.errorMs);
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
