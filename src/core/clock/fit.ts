import type { Millis } from '../sample.js';
import { AT, type ClockReadings, FIELDS, OFFSET, RTT } from './readings.js';

/** A clock's level: its offset at the middle of the readings, as if it ran as fast as ours. */
export interface ClockLevel {
  at: Millis;
  offsetMs: Millis;
  /** Standard error, from the errors of the readings. */
  errorMs: Millis;
  /** The time of a round trip without delay. The middle of a longer one is uncertain by half of the excess. */
  undelayedMs: Millis;
  /** The average delay of the readings. */
  delayMs: Millis;
  /** Sums of the regression of offset on time. */
  timeSquares: number;
  timeOffsets: number;
}

/** Readings are in whole ms: the variance of the rounding error, for a uniform fraction, in ms². */
const QUANTUM_VARIANCE = 1 / 12;
/** Variance of the delay that the round trip does not show, in ms². */
const JITTER_VARIANCE = 0.01;
/** How fast a clock is expected to drift, one standard deviation, in ms a ms: NTP slews by 500 ppm at most. */
const DRIFT = 2.5e-4;

/**
 * The mean of the readings since the first that counts, each weighted by the inverse of its variance: that of the
 * quantum, and that of half the delay (the filter of NTP, RFC 5905 section 10, without its hard choice of the best).
 * `until` is the number of readings after the last that counts. `formerlyMs` is a round trip without delay that was
 * possible before. NaN without readings.
 */
export function levelOf(
  { rows, length }: ClockReadings,
  since = 0,
  formerlyMs: Millis = Infinity,
  until = length,
): ClockLevel {
  const first = since * FIELDS;
  const end = until * FIELDS;
  const undelayedMs = Math.min(formerlyMs, undelayed(rows, first, end, formerlyMs));
  const [began, zero] = [rows[first + AT] ?? 0, rows[first + OFFSET] ?? 0];
  let weights = 0;
  let times = 0;
  let offsets = 0;
  let timeSquares = 0;
  let timeOffsets = 0;
  let delays = 0;
  for (let row = first; row < end; row += FIELDS) {
    const delay = rows[row + RTT]! - undelayedMs;
    const weight = 1 / varianceOf(delay);
    const time = rows[row + AT]! - began;
    const offset = rows[row + OFFSET]! - zero;
    delays += delay;
    weights += weight;
    times += weight * time;
    offsets += weight * offset;
    timeSquares += weight * time * time;
    timeOffsets += weight * time * offset;
  }
  return {
    at: began + times / weights,
    offsetMs: zero + offsets / weights,
    errorMs: Math.sqrt(1 / weights),
    undelayedMs,
    delayMs: delays / (until - since),
    timeSquares: Math.max(0, timeSquares - (times * times) / weights),
    timeOffsets: timeOffsets - (times * offsets) / weights,
  };
}

/**
 * The time of a round trip without delay. The fastest may have been delayed too: by about twice its distance to the third,
 * as is typical of extreme values. One or two readings are not enough.
 */
function undelayed(rows: Float64Array, from: number, end: number, unlessKnown: Millis): Millis {
  let [first, second, third] = [Infinity, Infinity, Infinity];
  for (let row = from; row < end; row += FIELDS) {
    const rttMs = rows[row + RTT]!;
    if (rttMs >= third) continue;
    if (rttMs < first) [first, second, third] = [rttMs, first, second];
    else if (rttMs < second) [second, third] = [rttMs, second];
    else third = rttMs;
  }
  if (third < Infinity) return Math.max(0, first - 2 * (third - first));
  return unlessKnown < Infinity ? first : 0;
}

/** The variance, in ms², of a reading with this delay. */
function varianceOf(excessMs: Millis): number {
  return QUANTUM_VARIANCE + JITTER_VARIANCE + (excessMs / 2) ** 2;
}

/**
 * How fast the clock drifts from ours, in ms a ms: one slope for all given levels, nearer to zero the less information the
 * readings carry (ridge regression).
 */
export function driftOf(levels: readonly ClockLevel[]): number {
  let [squares, products] = [1 / DRIFT ** 2, 0];
  for (const { timeSquares, timeOffsets } of levels) {
    squares += timeSquares;
    products += timeOffsets;
  }
  return products / squares;
}

/** The standard error of such a slope. */
export function driftErrorOf(levels: readonly ClockLevel[]): number {
  return Math.sqrt(1 / levels.reduce((sum, { timeSquares }) => sum + timeSquares, 1 / DRIFT ** 2));
}
