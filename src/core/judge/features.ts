import type { Millis } from '../sample.js';
import type { AddressChange, RecentAnnouncements } from './announcements.js';
import type { Gap, Sawtooth } from './echo-runs.js';
import type { FirstReply } from './first-reply.js';

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

/** A clock that fell behind by less was adjusted or misread: it has a resolution of one millisecond. */
export const MIN_FREEZE_MS: Millis = 3;

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
