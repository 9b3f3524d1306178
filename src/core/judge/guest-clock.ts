import { type ClockStep, ClockTrack, STEP } from '../clock/track.js';
import type { Millis, Outcome } from '../sample.js';
import { count, inner, type Json, momentOrNever, oneOf, optional, part, type Stateful } from '../state.js';

type Reading = Extract<Outcome, { kind: 'clock' }>;
export type ClockReadout =
  | { state: 'absent' | 'waiting' }
  | { state: 'read'; stepMs: Millis; errorMs: Millis; step?: ClockStep };

/** The target's echoes were out of order after `from` and until `to`, unless that is yet to come. */
export interface Silence {
  from: Millis;
  to?: Millis;
  /** When we knew that it was over. */
  heardAt?: Millis;
}

/** A clock that was not read for this long is no witness. */
const LATELY_MS: Millis = 5000;
/** So long after a silence the clock may still be silent or inexact; after a long one it is asked once a second. */
const PATIENCE_MS: Millis = 500;
const LONG_PATIENCE_MS: Millis = 1500;
const LONG_SILENCE_MS: Millis = 4000;
/** A step that is known no better says nothing of a long silence: the first readings after it may be late. */
const ROUGH_MS: Millis = 20;
/** Fewer readings before say little. */
const MIN_READINGS = 8;
/** The shortest blackout of a live migration that was measured: a clock that rules this out rules a migration out. */
const MIN_BLACKOUT_MS: Millis = 9;

const STATE = part<{
  step: ClockStep | undefined;
  track: Json;
  via: Reading['via'] | undefined;
  readings: number;
  readAt: Millis;
}>(1, {
  step: optional(STEP),
  track: inner,
  via: optional(oneOf('icmp', 'tcp')),
  readings: count,
  readAt: momentOrNever,
});

/** One target's clock as the judge asks for it. Where both are read, the clock of ICMP counts, which needs no port. */
export class GuestClock implements Stateful {
  /** The latest step that was noticed. */
  step: ClockStep | undefined;
  private track = new ClockTrack();
  private via: Reading['via'] | undefined;
  private readings = 0;
  private readAt: Millis = -Infinity;

  observe(sentAt: Millis, { offsetMs, rttMs, via }: Reading): void {
    if (!Number.isFinite(offsetMs) || !(rttMs >= 0 && rttMs < Infinity)) return;
    if (this.via === 'icmp' && via === 'tcp') return;
    // Another clock has another zero point.
    if (this.via !== undefined && this.via !== via) this.track = new ClockTrack();
    this.via = via;
    this.readings++;
    this.readAt = sentAt + rttMs / 2;
    this.step = this.track.observe({ at: this.readAt, offsetMs, rttMs }) ?? this.step;
  }

  save(): Json {
    const { step, via, readings, readAt } = this;
    return STATE.save({ step, track: this.track.save(), via, readings, readAt });
  }

  load(saved: Json): void {
    const { step, track, via, readings, readAt } = STATE.load(saved);
    this.track = new ClockTrack();
    this.track.load(track);
    this.step = step;
    this.via = via;
    this.readings = readings;
    this.readAt = readAt;
  }

  readLately(now: Millis): boolean {
    return this.readings >= MIN_READINGS && this.readAt > now - LATELY_MS;
  }

  /** The step over a time without a sign of life; without one, the latest that was noticed since `since`. */
  across(silence: Silence | undefined, since: Millis, now: Millis): ClockReadout {
    if (!this.readLately(silence?.from ?? now)) return { state: 'absent' };
    if (!silence) return this.noticed(since, now);
    const step = silence.to === undefined ? undefined : this.track.stepAround(silence.from, silence.to);
    const firstReadSince = !step && this.readAt >= (silence.to ?? Infinity);
    const patient = now <= (silence.heardAt ?? now) + patienceAfter(silence) && !firstReadSince;
    if (patient && !(step && isExact(step))) return { state: 'waiting' };
    return step ? read(step) : { state: 'absent' };
  }

  /** The latest step that was noticed since `since`; without one, a step of 0 that was not measured anywhere. */
  noticed(since: Millis, now: Millis): ClockReadout {
    if (!this.readLately(now)) return { state: 'absent' };
    const step = this.step && this.step.to >= since ? (this.track.lastStep() ?? this.step) : undefined;
    return step ? read(step) : { state: 'read', stepMs: 0, errorMs: Infinity };
  }
}

/** Whether a clock with this step went on through all of it: the guest did not stand still, or too briefly to have moved. */
export function wentOn({ stepMs, errorMs }: Pick<ClockStep, 'stepMs' | 'errorMs'>): boolean {
  return Math.abs(stepMs) + errorMs < MIN_BLACKOUT_MS;
}

/** Whether a step is known well enough to say either that the clock stepped or that it went on. */
function isExact(step: ClockStep): boolean {
  const tolerableMs = Math.max(2, Math.min(ROUGH_MS, (step.to - step.from) / 3));
  return step.errorMs < tolerableMs && (Math.abs(step.stepMs) > step.errorMs || wentOn(step));
}

function read(step: ClockStep): ClockReadout {
  return { state: 'read', stepMs: step.stepMs, errorMs: step.errorMs, step };
}

function patienceAfter({ from, to = from }: Silence): Millis {
  return to - from > LONG_SILENCE_MS ? LONG_PATIENCE_MS : PATIENCE_MS;
}
