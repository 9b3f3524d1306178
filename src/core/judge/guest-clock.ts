import { type ClockStep, ClockTrack, STEP } from '../clock/track.js';
import { CLOCK_VIAS, type Millis, type Outcome } from '../sample.js';
import {
  count,
  inner,
  type Json,
  momentOrNever,
  oneOf,
  optional,
  part,
  type Stateful,
} from '../validation/saved-state.js';

type Reading = Extract<Outcome, { kind: 'clock' }>;
export type ClockReadout =
  | { state: 'absent' | 'waiting' }
  | { state: 'read'; stepMs: Millis; errorMs: Millis; step?: ClockStep };

/** The target's echoes were bad from `from` until `to`; without `to`, they still are. */
export interface Silence {
  from: Millis;
  to?: Millis;
  /** When the first good reply after it was received. */
  heardAt?: Millis;
}

/** A clock that was not read for this long is not used as a witness. */
const LATELY_MS: Millis = 5000;
/** How long after a silence the clock may be unread or inexact; after a long silence it is read once a second. */
const TIMEOUT_MS: Millis = 500;
const LONG_TIMEOUT_MS: Millis = 1500;
const LONG_SILENCE_MS: Millis = 4000;
/** A step with a larger error is not used for a long silence: the first readings after it may be late. */
const ROUGH_MS: Millis = 20;
/** With fewer readings before, a step cannot be measured. */
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
  via: optional(oneOf(...CLOCK_VIAS)),
  readings: count,
  readAt: momentOrNever,
});

/** The clock of one target, as the judge uses it. If several are read, the first in `CLOCK_VIAS` counts. */
export class GuestClock implements Stateful {
  /** The latest step that was noticed. */
  step: ClockStep | undefined;
  private track = new ClockTrack();
  private via: Reading['via'] | undefined;
  private readings = 0;
  private readAt: Millis = -Infinity;

  observe(sentAt: Millis, { offsetMs, rttMs, via }: Reading): void {
    if (!Number.isFinite(offsetMs) || !(rttMs >= 0 && rttMs < Infinity)) return;
    if (this.via !== undefined && CLOCK_VIAS.indexOf(via) > CLOCK_VIAS.indexOf(this.via)) return;
    // The clocks have different zero points.
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

  /** The step across a silence; without a silence, the latest step detected since `since`. */
  across(silence: Silence | undefined, since: Millis, now: Millis): ClockReadout {
    if (!this.readLately(silence?.from ?? now)) return { state: 'absent' };
    if (!silence) return this.noticed(since, now);
    const step = silence.to === undefined ? undefined : this.track.stepAround(silence.from, silence.to);
    const firstReadSince = !step && this.readAt >= (silence.to ?? Infinity);
    const patient = now <= (silence.heardAt ?? now) + timeoutAfter(silence) && !firstReadSince;
    if (patient && !(step && isExact(step))) return { state: 'waiting' };
    return step ? read(step) : { state: 'absent' };
  }

  /** The latest step detected since `since`; without one, a step of 0 with an infinite error. */
  noticed(since: Millis, now: Millis): ClockReadout {
    if (!this.readLately(now)) return { state: 'absent' };
    const step = this.step && this.step.to >= since ? (this.track.lastStep() ?? this.step) : undefined;
    return step ? read(step) : { state: 'read', stepMs: 0, errorMs: Infinity };
  }
}

/** Whether a clock with this step continued: the guest did not stand still, or too briefly for a migration. */
export function wentOn({ stepMs, errorMs }: Pick<ClockStep, 'stepMs' | 'errorMs'>): boolean {
  return Math.abs(stepMs) + errorMs < MIN_BLACKOUT_MS;
}

/** Whether the error is small enough to decide between a step and a clock that continued. */
function isExact(step: ClockStep): boolean {
  const tolerableMs = Math.max(2, Math.min(ROUGH_MS, (step.to - step.from) / 3));
  return step.errorMs < tolerableMs && (Math.abs(step.stepMs) > step.errorMs || wentOn(step));
}

function read(step: ClockStep): ClockReadout {
  return { state: 'read', stepMs: step.stepMs, errorMs: step.errorMs, step };
}

function timeoutAfter({ from, to = from }: Silence): Millis {
  return to - from > LONG_SILENCE_MS ? LONG_TIMEOUT_MS : TIMEOUT_MS;
}
