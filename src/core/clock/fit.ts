import type { Millis } from '../sample.js';
import { AT, type ClockReadings, FIELDS, OFFSET, RTT } from './readings.js';

/** A clock's level: its offset at the middle of the readings, as if it ran as fast as ours. */
export interface ClockLevel {
  at: Millis;
  offsetMs: Millis;
  /** Standard error, from the readings' own doubts. */
  errorMs: Millis;
  /** What a round trip takes without delay: the middle of one that took longer is in doubt by half of the rest. */
  undelayedMs: Millis;
  /** How much longer the readings took on average. */
  delayMs: Millis;
  /** Sums of the regression of offset on time. */
  timeSquares: number;
  timeOffsets: number;
}

/** Readings come in whole ms: the variance of what was cut off, for a uniform fraction, in ms². */
const QUANTUM_VARIANCE = 1 / 12;
/** Delay that no round trip shows, in ms². */
const JITTER_VARIANCE = 0.01;
/** How fast a clock is expected to drift, one standard deviation, in ms a ms: NTP slews by 500 ppm at most. */
const DRIFT = 2.5e-4;

/**
 * The mean of the readings since the first that counts, each weighted by the inverse of its variance: that of the
 * quantum, and that of half the delay (the filter of NTP, RFC 5905 section 10, without its hard choice of the best).
 * `formerlyMs` is a round trip without delay that was possible before. NaN without readings.
 */
export function levelOf(readings: ClockReadings, since = 0, formerlyMs: Millis = Infinity): ClockLevel {
  const { rows, end } = readings;
  const first = since * FIELDS;
  const undelayedMs = Math.min(formerlyMs, undelayed(readings, first, formerlyMs));
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
    delayMs: delays / (readings.length - since),
    timeSquares: Math.max(0, timeSquares - (times * times) / weights),
    timeOffsets: timeOffsets - (times * offsets) / weights,
  };
}

/**
 * How long a round trip takes without delay. The quickest may have been delayed too: by some twice as much as it is
 * ahead of the third, as extreme values go. One or two readings do not suffice.
 */
function undelayed({ rows, end }: ClockReadings, from: number, unlessKnown: Millis): Millis {
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

/** In ms², of a reading whose round trip took so much longer than without delay. */
function varianceOf(excessMs: Millis): number {
  return QUANTUM_VARIANCE + JITTER_VARIANCE + (excessMs / 2) ** 2;
}

/**
 * How fast the clock runs away from ours, in ms a ms: one slope for all the levels given, and nearer to none the less
 * the readings tell (ridge regression).
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
