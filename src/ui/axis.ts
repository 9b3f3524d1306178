import type { Millis } from '../core/sample.js';
import { duration, timeOfDay } from './units.js';

/** Where values lie between the bottom (0) and the top (1) of a graph. */
export interface Scale {
  place(value: Millis): number;
  ticks: readonly { value: Millis; label: string }[];
}

/** Above this ratio of the largest to the median, a linear axis would flatten all but the peak. */
const LOG_RATIO = 12;

/** An axis for values of this range: linear, or logarithmic where a peak towers over the rest. */
export function scaleFor(range: { min: Millis; median: Millis; max: Millis }, mostTicks: number): Scale {
  return range.max > LOG_RATIO * range.median && range.min > 0
    ? logScale(range, mostTicks)
    : linearScale(range, mostTicks);
}

function linearScale(
  { min, median, max }: { min: Millis; median: Millis; max: Millis },
  mostTicks: number,
): Scale {
  // At least half the median to each side: zooming in further would make mountains of noise.
  const low = Math.max(0, Math.min(min, median * 0.5));
  const high = Math.max(max, median * 1.5, low + 0.001);
  const step = niceStep((high - low) / Math.max(1, mostTicks - 1));
  const bottom = Math.floor(low / step) * step;
  const steps = Math.max(1, Math.ceil((high - bottom) / step - 1e-9));
  const values = Array.from({ length: steps + 1 }, (_, index) => bottom + index * step);
  return { place: value => (value - bottom) / (steps * step), ticks: labelled(values) };
}

function logScale({ min, max }: { min: Millis; max: Millis }, mostTicks: number): Scale {
  const [bottom, top] = [ladderBelow(min), -ladderBelow(1 / max)];
  const [low, high] = [Math.log10(rung(bottom)), Math.log10(rung(top))];
  const stride = Math.max(1, Math.ceil((top - bottom) / Math.max(1, mostTicks - 1)));
  const count = Math.floor((top - bottom) / stride) + 1;
  const values = Array.from({ length: count }, (_, index) => rung(bottom + index * stride));
  return { place: value => (Math.log10(value) - low) / (high - low), ticks: labelled(values) };
}

/** Rung i of the ladder … 0.5, 1, 2, 5, 10, 20 …; rung 0 is 1. */
function rung(index: number): number {
  const decade = Math.floor(index / 3);
  return [1, 2, 5][index - 3 * decade]! * 10 ** decade;
}

/** The highest rung that is not above the value. */
function ladderBelow(value: number): number {
  let index = 3 * Math.floor(Math.log10(value));
  while (rung(index + 1) <= value * (1 + 1e-9)) index++;
  return index;
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find(factor => factor * power >= step * (1 - 1e-9)) ?? 10);
}

function labelled(values: readonly Millis[]) {
  return values.map(value => ({ value, label: duration(Number(value.toPrecision(6))) }));
}

/** Distances of time marks that divide the clock's face evenly. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map(seconds => seconds * 1000);

/** Marks at round times in [from, to], at most one in every `columns / most`. */
export function timeMarks(from: Millis, to: Millis, most: number): { at: Millis; label: string }[] {
  const step = TIME_STEPS.find(each => (to - from) / each <= most) ?? TIME_STEPS.at(-1)!;
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step).map(at => ({
    at,
    label: timeOfDay(at),
  }));
}
