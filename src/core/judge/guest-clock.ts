import { type ClockStep, ClockTrack, STEP } from '../clock/track.js';
import type { Millis } from '../sample.js';
import {
  count,
  duration,
  inner,
  type Json,
  list,
  momentOrNever,
  part,
  type Stateful,
} from '../validation/saved-state.js';

/** A reading of one clock. */
export interface ClockSample {
  offsetMs: Millis;
  rttMs: Millis;
  /** Of the reading, beside that of its round trip. */
  errorMs?: Millis;
}

export type ClockReadout =
  | { state: 'absent' | 'waiting' }
  | { state: 'read'; stepMs: Millis; errorMs: Millis; step?: ClockStep };

/** Steps since `since` and before `until` are looked for. */
interface TimeFrame {
  since: Millis;
  until: Millis;
  now: Millis;
}

/** The target's echoes were bad from `from` until `to`; without `to`, they still are. */
export interface Silence {
  from: Millis;
  to?: Millis;
  /** When the first good reply after it was received. */
  heardAt?: Millis;
}

/** A clock that was not read for this long, or for this many of its usual intervals, is not used as a witness. */
const LATELY_MS: Millis = 5000;
const LATELY_INTERVALS = 4;
/** How long after a silence the clock may be unread or inexact; after a long silence it is read once a second. */
const TIMEOUT_MS: Millis = 500;
const LONG_TIMEOUT_MS: Millis = 1500;
const LONG_SILENCE_MS: Millis = 4000;
/** A step with a larger error is not used for a long silence: the first readings after it may be late. */
const ROUGH_MS: Millis = 20;
/** A clock that is not read for so long before or after the step of another one belongs to another machine. */
const SILENT_MS: Millis = 1500;
/** With fewer readings before, a step cannot be measured. */
const MIN_READINGS = 8;
/** The shortest blackout of a live migration that was measured: a clock that rules this out rules a migration out. */
const MIN_BLACKOUT_MS: Millis = 9;
/** Readings for so long without a step mean that there was none. */
const STEADY_MS: Millis = 200;
/** Steps that are kept: one event may consist of several standstills. */
const MAX_STEPS = 16;

const STATE = part<{
  steps: ClockStep[];
  track: Json;
  readings: number;
  readAt: Millis;
  intervalMs: Millis;
}>(2, {
  steps: list(STEP, MAX_STEPS),
  track: inner,
  readings: count,
  readAt: momentOrNever,
  intervalMs: duration,
});

/** One clock of a target, as the judge uses it. */
export class GuestClock implements Stateful {
  /** The latest steps that were noticed, oldest first. */
  steps: ClockStep[] = [];
  private readonly track = new ClockTrack();
  private readings = 0;
  private readAt: Millis = -Infinity;
  /** Between readings, smoothed. */
  private intervalMs: Millis = 0;

  /** The latest step that was noticed. */
  get step(): ClockStep | undefined {
    return this.steps.at(-1);
  }

  /** `sentAt` is on our time line; an error of the reading counts as if the round trip took as much longer twice. */
  observe(sentAt: Millis, { offsetMs, rttMs, errorMs = 0 }: ClockSample): void {
    const at = sentAt + rttMs / 2;
    if (this.readings > 0) this.intervalMs += (Math.max(0, at - this.readAt) - this.intervalMs) / 8;
    this.readings++;
    this.readAt = at;
    const step = this.track.observe({ at, offsetMs, rttMs: rttMs + 2 * errorMs });
    if (!step) return;
    this.steps.push(step);
    if (this.steps.length > MAX_STEPS) this.steps.shift();
  }

  save(): Json {
    const { steps, readings, readAt, intervalMs } = this;
    return STATE.save({ steps, track: this.track.save(), readings, readAt, intervalMs });
  }

  load(saved: Json): void {
    const { steps, track, readings, readAt, intervalMs } = STATE.load(saved);
    this.track.load(track);
    this.steps = steps;
    this.readings = readings;
    this.readAt = readAt;
    this.intervalMs = intervalMs;
  }

  readLately(now: Millis): boolean {
    const latelyMs = Math.max(LATELY_MS, LATELY_INTERVALS * this.intervalMs);
    return this.readings >= MIN_READINGS && this.readAt > now - latelyMs;
  }

  /** Whether it was read on one course since `moment`, and exactly enough to notice the shortest blackout. */
  isSteadySince(moment: Millis): boolean {
    const stepped = this.step !== undefined && this.step.to >= moment;
    return !stepped && this.readAt > moment + STEADY_MS && this.track.limitMs < MIN_BLACKOUT_MS;
  }

  /** Whether it is read elsewhere, but not on one side of the step of another clock, where that one was read. */
  wasSilentBeside({ from, to }: ClockStep, now: Millis): boolean {
    const { before, since } = this.track.readAround(to);
    const silentMs = Math.max(from - before, (Number.isNaN(since) ? now : since) - to);
    return silentMs > Math.max(SILENT_MS, LATELY_INTERVALS * this.intervalMs);
  }

  /** The step across a silence; without a silence, the latest step detected since `since`. */
  across(silence: Silence | undefined, time: TimeFrame): ClockReadout {
    const { now } = time;
    if (!this.readLately(silence?.from ?? now)) return { state: 'absent' };
    if (!silence) return this.noticed(time);
    const step = silence.to === undefined ? undefined : this.track.stepAround(silence.from, silence.to);
    const firstReadSince = !step && this.readAt >= (silence.to ?? Infinity);
    const patient = now <= (silence.heardAt ?? now) + this.timeoutAfter(silence) && !firstReadSince;
    if (patient && !(step && isExact(step))) return { state: 'waiting' };
    return step ? read(step) : { state: 'absent' };
  }

  /**
   * The latest step back since `since`, or else the latest step: one forward soon after one back corrects it. Without
   * any, a step of 0 with an infinite error.
   */
  noticed({ since, until, now }: TimeFrame): ClockReadout {
    if (!this.readLately(now)) return { state: 'absent' };
    const recent = this.steps.filter(({ to }) => to >= since && to < until);
    const step = recent.findLast(({ stepMs }) => stepMs < 0) ?? recent.at(-1);
    if (!step) return { state: 'read', stepMs: 0, errorMs: Infinity };
    return read(this.track.stepAround(step.from, step.to) ?? step);
  }

  private timeoutAfter({ from, to = from }: Silence): Millis {
    return Math.max(to - from > LONG_SILENCE_MS ? LONG_TIMEOUT_MS : TIMEOUT_MS, 2 * this.intervalMs);
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
