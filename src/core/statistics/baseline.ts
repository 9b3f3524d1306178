import type { Millis } from '../sample.js';
import type { OptionSpecs } from '../validation/options.js';
import {
  count,
  expectState,
  inner,
  integer,
  type Json,
  part,
  type Stateful,
} from '../validation/saved-state.js';
import { SortedWindow } from './sorted-window.js';

/** Options that every detector with a baseline has. */
export const BASELINE_OPTIONS = {
  window: {
    default: 1000,
    unit: 'samples',
    help: 'replies in the baseline; once it is full, one reply in eight is added',
    min: 50,
    max: 100_000,
    whole: true,
  },
  relearn: {
    default: 200,
    unit: 'samples',
    help: 'replies in a lasting alarm after which the new level becomes normal',
    min: 1,
    max: 1_000_000,
    whole: true,
  },
} as const satisfies OptionSpecs;

/** Fewer replies carry no information about a tail. */
const LEAST = 50;
/** From this number of replies on, the quantiles are trusted; until then limits are doubled. */
const ENOUGH = 500;
/**
 * Tukey's started logarithm: below this, differences count less and less. Microseconds vary with the sleep states of a CPU
 * and carry no information about a VM; a loopback's 20 µs can become 50 µs for a minute.
 */
const START: Millis = 0.2;
/** Relative to RTT + START: above the resolution of all clocks in use; smaller changes are no reason for an alarm. */
const MIN_SCALE = 0.05;
/** Quartiles of the standard normal distribution. */
const IQR_OF_NORMAL = 1.34898;
/** The 98th percentile of a heavy tail counts as this many σ (of normal noise it would be 2.05). */
const TAIL_AT = 4;

/**
 * A full window adds one reply of this many: adjacent RTTs are autocorrelated and add little, so the window covers a
 * longer time for the same work.
 */
const STRIDE = 8;
/** The range of ln(RTT + 0.2 ms) for all RTTs that can be recorded, in the precision of the window. */
const LOWEST = Math.fround(Math.log(START));
const HIGHEST = 40;

const STATE = part<{ window: Json; inAlarm: number; passed: number }>(1, {
  window: inner,
  inAlarm: count,
  passed: integer(0, STRIDE - 1),
});

/** Whether a number is a possible RTT: input from outside may not be. */
export function isRtt(rttMs: number): boolean {
  return rttMs >= 0 && rttMs < Infinity;
}

/**
 * A target's usual RTT: centre and scale of ln(RTT + 0.2 ms) over a sliding window of replies.
 *
 * The centre is the median. The scale is the largest of IQR/1.349, (q98 − median)/4 and a floor, so that
 * for normal noise it is σ, and on a path with a heavy tail the tail's own 98th percentile sets it.
 * Replies in an alarm are not added, until it has lasted for `relearn` replies: then the baseline starts again.
 */
export class Baseline implements Stateful {
  private readonly window: SortedWindow;
  /** NaN before the first reply. */
  medianMs: Millis = NaN;
  private centre = NaN;
  private scale = NaN;
  /** Replies in alarm, minus those that were not. */
  private inAlarm = 0;
  private passed = 0;

  constructor(private readonly options: { window: number; relearn: number }) {
    this.window = new SortedWindow(options.window);
  }

  /** Adds an RTT, which is part of an alarm or not. */
  learn(rttMs: Millis, alarm: boolean): void {
    if (!alarm) {
      this.inAlarm = Math.max(0, this.inAlarm - 1);
      this.take(rttMs);
    } else if (++this.inAlarm > this.options.relearn) {
      this.window.clear();
      this.inAlarm = 0;
    }
  }

  private take(rttMs: Millis): void {
    const { window } = this;
    this.passed = this.passed + 1 === STRIDE ? 0 : this.passed + 1;
    if (window.full && this.passed !== 0) return;
    window.add(logOf(rttMs));
    this.measure();
  }

  /** Centre and scale of the window. */
  private measure(): void {
    const { window } = this;
    this.centre = window.quantile(0.5);
    this.medianMs = Math.exp(this.centre) - START;
    const core = (window.quantile(0.75) - window.quantile(0.25)) / IQR_OF_NORMAL;
    const tail = (window.quantile(0.98) - this.centre) / TAIL_AT;
    this.scale = Math.max(core, tail, MIN_SCALE);
  }

  /** False while there are too few replies for a baseline. */
  get ready(): boolean {
    return this.window.count >= LEAST;
  }

  /** The factor for limits. */
  get caution(): number {
    return this.window.count < ENOUGH && !this.window.full ? 2 : 1;
  }

  /** By how many scales an RTT lies above the centre. NaN before the first reply. */
  standardise(rttMs: Millis): number {
    return (logOf(rttMs) - this.centre) / this.scale;
  }

  save(): Json {
    const { window, inAlarm, passed } = this;
    return STATE.save({ window: window.save(), inAlarm, passed });
  }

  /** Centre and scale are computed from the window; they are NaN until the next reply if it is empty. */
  load(saved: Json): void {
    const { window, inAlarm, passed } = STATE.load(saved);
    this.window.load(window);
    const fits =
      this.window.count === 0 || (this.window.quantile(0) >= LOWEST && this.window.quantile(1) <= HIGHEST);
    expectState(fits, 'logarithms of round-trip times');
    this.inAlarm = inAlarm;
    this.passed = passed;
    this.measure();
  }
}

/** The last RTT and its logarithm: a target's detectors ask for the same one in turn, twice each. */
let lastRtt: Millis = NaN;
let lastLog = NaN;

/** In the precision of the window, so that an RTT like all others differs from the centre by zero. */
function logOf(rttMs: Millis): number {
  if (rttMs !== lastRtt) {
    lastLog = Math.fround(Math.log(rttMs + START));
    lastRtt = rttMs;
  }
  return lastLog;
}
