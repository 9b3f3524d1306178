import { duration } from '../../core/format/duration.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Millis } from '../../core/sample.js';
import type { RttRange } from '../history/buckets.js';
import { indexAbove, indexBelow, rung } from './round-numbers.js';
import { AUTOMATIC, type ScaleBounds, type Scaling, spansDecades } from './scaling.js';

/** Maps values to a place between the bottom (0) and the top (1) of a graph; values beyond are clamped. */
export interface Scale {
  top: Millis;
  place(value: Millis): number;
  ticks: readonly { value: Millis; label: string }[];
}

/** Above this ratio of the usual largest to the median, a linear axis would flatten all but the peaks. */
const LOG_RATIO = 12;
/** A stray reply up to this far above the rest is shown with it. */
const STRAY_RATIO = 1.5;
/** No measured RTT is below this; a logarithmic scale needs a positive low bound. */
const MIN_RTT_MS: Millis = 0.0001;

/**
 * An axis for values of this range: linear up to the usual values, so that a few stray replies do not change it (they are
 * above it), or logarithmic where many values are far above the rest. Fixed bounds are used unchanged.
 */
export function scaleFor(range: RttRange, mostTicks: number, scaling: Scaling = AUTOMATIC): Scale {
  const { shape, range: bounds } = scaling;
  const log = shape === 'auto' ? (bounds ? spansDecades(bounds) : towering(range)) : shape === 'log';
  if (bounds) return log ? logScale(bounds, mostTicks) : linearScale(bounds, mostTicks);
  return log ? fittedLog(range, mostTicks) : fittedLinear(range, mostTicks);
}

function towering({ min, median, max, usual = max }: RttRange): boolean {
  return usual > LOG_RATIO * median && min > 0;
}

function fittedLinear({ min, median, max, usual = max }: RttRange, mostTicks: number): Scale {
  // At least half the median to each side: zooming in further would make mountains of noise.
  const low = Math.max(0, Math.min(min, median * 0.5));
  const roomy = Math.max(usual, median * 1.5, low + 0.001);
  const high = max <= STRAY_RATIO * roomy ? Math.max(max, roomy) : roomy;
  const step = niceStep((high - low) / Math.max(1, mostTicks - 1));
  const bottom = Math.floor(low / step) * step;
  const steps = Math.max(1, Math.ceil((high - bottom) / step - 1e-9));
  return linearScale({ low: bottom, high: bottom + steps * step }, steps + 1);
}

/** Ticks at round values between the bounds. */
function linearScale({ low, high }: ScaleBounds, mostTicks: number): Scale {
  const step = niceStep((high - low) / Math.max(1, mostTicks - 1));
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const values = Array.from({ length: count }, (_, index) => (first + index) * step);
  return { top: high, place: value => within((value - low) / (high - low)), ticks: labelled(values) };
}

function fittedLog({ min, max }: RttRange, mostTicks: number): Scale {
  const [low, high] = [Math.max(MIN_RTT_MS, min), Math.max(2 * MIN_RTT_MS, max)];
  const bottom = indexBelow(low);
  // At least two rungs, where all are equal.
  const top = Math.max(bottom + 2, indexAbove(high));
  return logScale({ low: rung(bottom), high: rung(top) }, mostTicks);
}

/** Ticks at 1, 2 or 5 times a power of ten between the bounds. */
function logScale(bounds: ScaleBounds, mostTicks: number): Scale {
  const [low, high] = [Math.max(MIN_RTT_MS, bounds.low), Math.max(2 * MIN_RTT_MS, bounds.high)];
  const [bottom, top] = [indexAbove(low), indexBelow(high)];
  const stride = Math.max(1, Math.ceil((top - bottom) / Math.max(1, mostTicks - 1)));
  const count = Math.max(0, Math.floor((top - bottom) / stride) + 1);
  const values = Array.from({ length: count }, (_, index) => rung(bottom + index * stride));
  const place = (value: Millis) => within(Math.log(value / low) / Math.log(high / low));
  return { top: high, place, ticks: labelled(values) };
}

function within(place: number): number {
  return Math.max(0, Math.min(1, place));
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find(factor => factor * power >= step * (1 - 1e-9)) ?? 10);
}

function labelled(values: readonly Millis[]) {
  return values.map(value => ({ value, label: duration(Number(value.toPrecision(6))) }));
}

const MINUTE: Millis = 60_000;
const HOUR: Millis = 3_600_000;
/** Steps of time marks that divide an hour or a day evenly. */
const TIME_STEPS: readonly Millis[] = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map(hours => hours * HOUR),
];

/** Marks at round times of day in [from, to], at most `most` of them. */
export function timeMarks(
  from: Millis,
  to: Millis,
  most: number,
  wall: TimeFormat,
): { at: Millis; label: string }[] {
  const step = TIME_STEPS.find(each => (to - from) / each <= most) ?? TIME_STEPS.at(-1)!;
  const shift = wall.shift(from);
  const first = Math.ceil((from + shift) / step);
  const count = Math.max(0, Math.floor((to + shift) / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step - shift).map(at => ({
    at,
    label: timeLabel(at, step, wall),
  }));
}

/** Marks at round distances from `zero` in [from, to], at most `most` of them: `−200 ms`, `0`, `+1 s`. */
export function distanceMarks(
  { from, to }: { from: Millis; to: Millis },
  zero: Millis,
  most: number,
): { at: Millis; label: string }[] {
  const step = niceStep((to - from) / Math.max(1, most));
  const first = Math.ceil((from - zero) / step);
  const count = Math.max(0, Math.floor((to - zero) / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step).map(distance => ({
    at: zero + distance,
    label: distance === 0 ? '0' : `${distance < 0 ? '−' : '+'}${duration(Math.abs(distance))}`,
  }));
}

/** With seconds or their parts only where marks need them; midnight shows the new day. */
function timeLabel(at: Millis, step: Millis, wall: TimeFormat): string {
  if (step < 1000) return wall.precise(at);
  if (step < MINUTE) return wall.time(at);
  const time = wall.time(at).slice(0, 5);
  return step >= HOUR && time === '00:00' ? wall.day(at) : time;
}
