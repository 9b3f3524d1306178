import type { Millis } from '../sample.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import {
  anyNumber,
  expectState,
  inner,
  integer,
  type Json,
  list,
  moment,
  object,
  optional,
  part,
  type Stateful,
  truth,
} from '../validation/saved-state.js';
import { type ClockLevel, driftErrorOf, driftOf, levelOf } from './fit.js';
import { type ClockReading, ClockReadings, READING } from './readings.js';

/** A guest's clock stood still, was set, or is another guest's: it stepped by `stepMs` ± `errorMs` (2 sigma). */
export interface ClockStep {
  /** The clock was read on its former course until `from`, and on its new one since `to`. */
  from: Millis;
  to: Millis;
  stepMs: Millis;
  errorMs: Millis;
}

/** How a step is saved in the state of a clock. */
export const STEP = object<ClockStep>({ from: moment, to: moment, stepMs: anyNumber, errorMs: anyNumber });

/** How many readings are kept, and how many are used on each side of a step. */
const KEPT = 384;
const USED = 128;
/** Older readings carry more information about drift than about the level. */
const USED_FOR: Millis = 60_000;
const BREAKS = 16;
/** The level of a course is computed again after one more reading for so many: fewer hardly move it. */
const READINGS_FOR_ONE_MORE = 16;
/** In a shorter course, even the fastest reading may have been slow, because queued requests are answered one by one. */
const YOUNG: Millis = 10_000;
/**
 * Breaks that follow so closely, after so few readings, are one step: a late reply was taken for one of the former
 * course. More readings are a course of their own: a guest agent sets the clock soon after a move.
 */
const GRACE: Millis = 500;
const GRACE_READINGS = 6;
/** A deviation of this many limits is a step at once; a smaller one is a step if the next reading agrees. */
const PLAIN = 3;
/** The limit is at least this multiple of the 99th percentile of unexplained deviations. */
const HEADROOM = 3;
/** If delays are long, even the smallest round trip contains delay: this share of the average delay is uncertain. */
const DOUBTFUL_SHARE = 1 / 8;
/** The share of a delay that may shift the middle: half, and a little more, since no delay is known exactly. */
const DELAY_SHARE = 0.55;
/** The asymmetry of two courses may differ by this even if their round trips do not: one standard deviation. */
const ASYMMETRY_MS: Millis = 0.15;

/** A reading that deviated, and may be an outlier or the first of a new course. */
interface Doubtful {
  reading: ClockReading;
  forward: boolean;
}

/** From how many readings the level was computed, and how many were added since. */
interface Fit {
  readings: number;
  since: number;
}

const STATE = part<{
  unexplainedMs: Millis;
  settled: number;
  delayMs: Millis;
  readings: Json;
  breaks: Millis[];
  doubtful: Doubtful | undefined;
  formerlyMs: Millis;
  noise: Json;
  fit: Fit | undefined;
}>(1, {
  unexplainedMs: anyNumber,
  settled: integer(0, USED),
  delayMs: anyNumber,
  readings: inner,
  breaks: list(moment, BREAKS),
  doubtful: optional(object<Doubtful>({ reading: READING, forward: truth })),
  formerlyMs: anyNumber,
  noise: inner,
  fit: optional(object<Fit>({ readings: integer(1, USED), since: integer(0, USED) })),
});

/**
 * Follows one guest's clock. Readings between two breaks belong to one course, which drifts; a step is the distance
 * between two courses. A deviation that delay and drift can explain is not a step: the error of a reading is at most half
 * of the delay of its round trip. Pure: readings are inputs, in the order in which they were known.
 *
 * It misses a step that a change of the path's asymmetry hides, and one that the guest corrects by slewing meanwhile.
 */
export class ClockTrack implements Stateful {
  /** What the latest reading left unexplained. */
  unexplainedMs: Millis = 0;
  /** The number of readings of the current course that are used: at most 128. */
  settled = 0;
  private delayMs: Millis = 0;
  private readonly readings = new ClockReadings(KEPT);
  /** The times at which all courses but the first began. */
  private breaks: Millis[] = [];
  /** The last reading, if it is doubtful. */
  private doubtful: Doubtful | undefined;
  private previousOffsetMs: Millis = Infinity;
  private readonly noise = new RunningQuantile(0.99);
  /** The level of a course that is not young. */
  private known: { level: ClockLevel; fit: Fit } | undefined;

  /** `leastStepMs`: smaller steps are ignored. */
  constructor(private readonly leastStepMs: Millis = 2) {}

  /** A larger unexplained deviation is a step. */
  get limitMs(): Millis {
    return Math.max(this.leastStepMs, HEADROOM * (this.noise.value ?? 0), DOUBTFUL_SHARE * this.delayMs);
  }

  /** Takes a reading. Returns the step if the clock stepped. */
  observe(reading: ClockReading): ClockStep | undefined {
    if (this.settled === 0) {
      this.keep(reading);
      return undefined;
    }
    const level = this.level();
    this.delayMs = level.delayMs;
    const deviation = this.deviation(reading, level);
    const { limitMs, unexplainedMs } = this;
    if (unexplainedMs <= limitMs) {
      this.noise.add(Math.max(0.1, unexplainedMs));
      this.doubtful = undefined;
      this.keep(reading);
      return undefined;
    }
    const forward = deviation > 0;
    const before = this.doubtful?.forward === forward ? [this.doubtful.reading] : [];
    this.doubtful = { reading, forward };
    if (before.length === 0 && unexplainedMs <= PLAIN * limitMs) return undefined;
    return this.breakAt([...before, reading], level.undelayedMs);
  }

  /** The newest step, computed again with the readings since. */
  lastStep(): ClockStep | undefined {
    const to = this.breaks.at(-1);
    if (to === undefined) return undefined;
    const before = this.readings.copy(at => at < to, 1, 'last');
    return before.length === 0 ? undefined : this.stepAround(before.lastAt, to);
  }

  /**
   * The step between the readings up to `from` and those since `to`, without drift and without other steps. More readings
   * make it more exact. Undefined if a side has no reading.
   */
  stepAround(from: Millis, to: Millis): ClockStep | undefined {
    const { readings, breaks } = this;
    const began = Math.max(from - USED_FOR, breaks.findLast(moment => moment <= from) ?? -Infinity);
    const before = readings.copy(at => at >= began && at <= from, USED, 'last');
    const first = readings.copy(at => at >= to, 1, 'first').lastAt;
    const readBefore = (moment: Millis) =>
      readings.copy(at => at >= first && at < moment, GRACE_READINGS, 'first').length;
    const next = breaks.find(
      moment => moment > first && (moment > to + GRACE || readBefore(moment) === GRACE_READINGS),
    );
    const ended = Math.min(first + USED_FOR, next ?? Infinity);
    const after = readings.copy(at => at >= first && at < ended, USED, 'first');
    if (before.length === 0 || after.length === 0) return undefined;
    return { from, to, ...between(before, after) };
  }

  save(): Json {
    const { unexplainedMs, settled, delayMs, breaks, doubtful, previousOffsetMs: formerlyMs } = this;
    const [readings, noise] = [this.readings.save(), this.noise.save()];
    const fit = this.known?.fit;
    return STATE.save({
      ...{ unexplainedMs, settled, delayMs, readings, breaks, doubtful, formerlyMs, noise, fit },
    });
  }

  load(saved: Json): void {
    const { readings, noise, ...state } = STATE.load(saved);
    this.readings.load(readings);
    this.noise.load(noise);
    expectState(
      state.settled <= this.readings.length,
      'at most as many settled readings as there are readings',
    );
    this.unexplainedMs = state.unexplainedMs;
    this.settled = state.settled;
    this.delayMs = state.delayMs;
    this.breaks = state.breaks;
    this.doubtful = state.doubtful;
    this.previousOffsetMs = state.formerlyMs;
    this.known = state.fit && this.levelFrom(state.fit);
  }

  private level(): ClockLevel {
    const { readings, settled, known } = this;
    if (known && known.fit.since * READINGS_FOR_ONE_MORE < known.fit.readings) return known.level;
    const isYoung = readings.lastAt - (this.breaks.at(-1) ?? -Infinity) < YOUNG;
    this.known = isYoung ? undefined : this.levelFrom({ readings: settled, since: 0 });
    return this.known?.level ?? levelOf(readings, readings.length - settled, this.previousOffsetMs);
  }

  private levelFrom(fit: Fit): { level: ClockLevel; fit: Fit } {
    const until = this.readings.length - fit.since;
    expectState(until >= fit.readings, 'the readings of a level');
    return { level: levelOf(this.readings, until - fit.readings, Infinity, until), fit };
  }

  private deviation({ at, offsetMs, rttMs }: ClockReading, level: ClockLevel): Millis {
    const ahead = at - level.at;
    const deviation = offsetMs - level.offsetMs - driftOf([level]) * ahead;
    const delayed = Math.max(0, rttMs - level.undelayedMs) * DELAY_SHARE;
    const ignorance = 2 * Math.hypot(level.errorMs, driftErrorOf([level]) * ahead);
    this.unexplainedMs = Math.max(0, Math.abs(deviation) - delayed - ignorance);
    return deviation;
  }

  /** These readings begin a new course. */
  private breakAt(readings: readonly ClockReading[], undelayedMs: Millis): ClockStep | undefined {
    this.previousOffsetMs = undelayedMs;
    this.settled = 0;
    this.known = undefined;
    this.doubtful = undefined;
    this.breaks.push(Math.min(...readings.map(({ at }) => at)));
    if (this.breaks.length > BREAKS) this.breaks.shift();
    for (const reading of readings) this.keep(reading);
    return this.lastStep();
  }

  private keep(reading: ClockReading): void {
    this.readings.add(reading);
    if (this.known) this.known.fit.since++;
    this.settled = Math.min(USED, this.settled + 1);
  }
}

function between(before: ClockReadings, after: ClockReadings) {
  const [least, leastNow] = [before.leastRttMs, after.leastRttMs];
  // Among a few late replies, even the fastest was late.
  const [old, present] = [levelOf(before, 0, leastNow), levelOf(after, 0, least)];
  const levels = [old, present];
  const apart = present.at - old.at;
  const doubt = 2 * Math.hypot(old.errorMs, present.errorMs, driftErrorOf(levels) * apart, ASYMMETRY_MS);
  return {
    stepMs: present.offsetMs - old.offsetMs - driftOf(levels) * apart,
    errorMs: doubt + Math.abs(least - leastNow) / 2,
  };
}
