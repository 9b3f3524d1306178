import type { Millis } from '../sample.js';
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
} from '../state.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import { type ClockLevel, driftErrorOf, driftOf, levelOf } from './fit.js';
import { type ClockReading, ClockReadings, READING } from './readings.js';

/** A guest's clock stood still, was set, or is another's: it stepped by `stepMs`, give or take `errorMs` (2 sigma). */
export interface ClockStep {
  /** The clock was read on its former course until `from`, and on its new one since `to`. */
  from: Millis;
  to: Millis;
  stepMs: Millis;
  errorMs: Millis;
}

/** How a step is saved in the state of a clock. */
export const STEP = object<ClockStep>({ from: moment, to: moment, stepMs: anyNumber, errorMs: anyNumber });

/** Readings kept, and those that are used on each side of a step. */
const KEPT = 384;
const USED = 128;
/** Older readings carry more information about drift than about the level. */
const USED_FOR: Millis = 60_000;
const BREAKS = 16;
/** In a course that is younger, even the quickest reading may have been slow: queued requests are answered in turn. */
const YOUNG: Millis = 10_000;
/**
 * Breaks that follow so closely, after so few readings, are the same step: a late reply was taken for one of the former
 * course. More readings are a course of their own: a guest agent sets the clock soon after a move.
 */
const GRACE: Millis = 500;
const GRACE_READINGS = 6;
/** What is unexplained counts as a step at once from so many limits, else when the next reading agrees. */
const PLAIN = 3;
/** A limit is at least so many times what the 99th percentile of the readings leaves unexplained. */
const HEADROOM = 3;
/** Where delays are long, what is taken to have none has some as well: by the average delay, this share is doubtful. */
const DOUBTFUL_SHARE = 1 / 8;
/** Of a delay, what may show in the middle: half, and a little, since no delay is known exactly. */
const DELAY_SHARE = 0.55;
/** Two courses may differ in asymmetry by so much though their round trips do not: one standard deviation. */
const ASYMMETRY_MS: Millis = 0.15;

/** A reading that deviated, and not known yet whether it is an outlier or the first of a new course. */
interface Doubtful {
  reading: ClockReading;
  forward: boolean;
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
}>(1, {
  unexplainedMs: anyNumber,
  settled: integer(0, USED),
  delayMs: anyNumber,
  readings: inner,
  breaks: list(moment, BREAKS),
  doubtful: optional(object<Doubtful>({ reading: READING, forward: truth })),
  formerlyMs: anyNumber,
  noise: inner,
});

/**
 * Follows one guest's clock. Readings between two breaks belong to one course, which drifts; a step is the distance
 * between two courses. What delay and drift can explain is none: a reading's error is at most half of its round trip's
 * delay. Pure: readings go in, in the order in which they were known.
 *
 * Blind to a step that hides in a change of the path's asymmetry, and to one that a clock slews away meanwhile.
 */
export class ClockTrack implements Stateful {
  /** What the latest reading left unexplained. */
  unexplainedMs: Millis = 0;
  /** Of the last readings, those of the present course that are used: at most 128. */
  settled = 0;
  private delayMs: Millis = 0;
  private readonly readings = new ClockReadings(KEPT);
  /** The first readings' moments of all courses but the first. */
  private breaks: Millis[] = [];
  /** The last reading, if it is. */
  private doubtful: Doubtful | undefined;
  private previousOffsetMs: Millis = Infinity;
  private readonly noise = new RunningQuantile(0.99);

  /** `leastStepMs`: smaller steps are not looked for. */
  constructor(private readonly leastStepMs: Millis = 2) {}

  /** From where on something unexplained is a step. */
  get limitMs(): Millis {
    return Math.max(this.leastStepMs, HEADROOM * (this.noise.value ?? 0), DOUBTFUL_SHARE * this.delayMs);
  }

  /** Takes a reading; the step, where it shows that the clock stepped. */
  observe(reading: ClockReading): ClockStep | undefined {
    if (this.settled === 0) {
      this.keep(reading);
      return undefined;
    }
    const level = this.level;
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

  /** The newest step anew, with what was read since. */
  lastStep(): ClockStep | undefined {
    const to = this.breaks.at(-1);
    if (to === undefined) return undefined;
    const before = this.readings.copy(at => at < to, 1, 'last');
    return before.length === 0 ? undefined : this.stepAround(before.lastAt, to);
  }

  /**
   * The step between the readings up to `from` and those since `to`, without drift and without other steps. The more
   * was read since, the better. Undefined where a side has no reading.
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
    return STATE.save({ unexplainedMs, settled, delayMs, readings, breaks, doubtful, formerlyMs, noise });
  }

  load(saved: Json): void {
    const { readings, noise, ...state } = STATE.load(saved);
    this.readings.load(readings);
    this.noise.load(noise);
    expectState(state.settled <= this.readings.length, 'no more settled readings than there are');
    this.unexplainedMs = state.unexplainedMs;
    this.settled = state.settled;
    this.delayMs = state.delayMs;
    this.breaks = state.breaks;
    this.doubtful = state.doubtful;
    this.previousOffsetMs = state.formerlyMs;
  }

  private get level(): ClockLevel {
    const { readings, settled } = this;
    const age = readings.lastAt - (this.breaks.at(-1) ?? -Infinity);
    return levelOf(readings, readings.length - settled, age < YOUNG ? this.previousOffsetMs : Infinity);
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
    this.doubtful = undefined;
    this.breaks.push(Math.min(...readings.map(({ at }) => at)));
    if (this.breaks.length > BREAKS) this.breaks.shift();
    for (const reading of readings) this.keep(reading);
    return this.lastStep();
  }

  private keep(reading: ClockReading): void {
    this.readings.add(reading);
    this.settled = Math.min(USED, this.settled + 1);
  }
}

function between(before: ClockReadings, after: ClockReadings) {
  const [least, leastNow] = [before.leastRttMs, after.leastRttMs];
  // In a handful of late replies the quickest was late as well.
  const [old, present] = [levelOf(before, 0, leastNow), levelOf(after, 0, least)];
  const levels = [old, present];
  const apart = present.at - old.at;
  const doubt = 2 * Math.hypot(old.errorMs, present.errorMs, driftErrorOf(levels) * apart, ASYMMETRY_MS);
  return {
    stepMs: present.offsetMs - old.offsetMs - driftOf(levels) * apart,
    errorMs: doubt + Math.abs(least - leastNow) / 2,
  };
}
