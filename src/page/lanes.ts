import { duration, signedDuration } from '../core/format/duration.js';
import { LOST, rttOfCode } from './codec.js';
import { firstFrom } from './data.js';
import type { PageModel, PageTarget, Series, TargetSeries } from './model.js';
import type { View } from './view.js';

/** A lane of the player: its height, its vertical axis, and what is drawn in it. */
export interface Lane {
  id: string;
  title: string;
  height: number;
  /** The bounds of the vertical axis, and whether it is logarithmic. */
  range: (view: View) => readonly [low: number, high: number];
  isLog?: true;
  /** The texts of its ticks; absent: no ticks. */
  tick?: (value: number) => string;
  draw(pen: Pen): void;
}

/** What a lane draws with: positions in the pixels of the canvas. */
export interface Pen {
  context: CanvasRenderingContext2D;
  view: View;
  colour: (name: string) => string;
  ratio: number;
  left: number;
  top: number;
  width: number;
  height: number;
  x(at: number): number;
  y(value: number): number;
}

/** Above this ratio of the largest to the median, a linear axis would flatten all but the peaks. */
const LOG_RATIO = 12;
const CLOCK_TICKS = 10;
const MIN_CLOCK_MS = 20;
/** The level of a statistic at its limit, and the highest. */
const LIMIT = 128;
const TOP = 255;

/** The lanes of a target, from the top; one without samples has no lane. */
export function lanesOf(
  model: PageModel,
  target: PageTarget,
  series: TargetSeries,
  detector: () => number,
): Lane[] {
  return [
    echoLane(target, series),
    ...(series.clock.at.length > 0 ? [clockLane(series)] : []),
    ...(series.viewer.at.length > 0 ? [viewerLane(series)] : []),
    markLane(model, target, series),
    ...(series.levels.at.length > 0 ? [levelLane(target, series, detector)] : []),
  ];
}

function echoLane({ rttMs }: PageTarget, { echo }: TargetSeries): Lane {
  const { min, median, max } = rttMs ?? { min: 0.5, median: 1, max: 1 };
  const isLog = max > LOG_RATIO * median;
  return {
    ...{
      id: 'echo',
      title: isLog ? 'round-trip time, logarithmic; × lost' : 'round-trip time; × lost',
      height: 230,
    },
    range: () => (isLog ? [Math.max(0.001, min / 1.5), max * 1.5] : [0, Math.max(0.01, max * 1.1)]),
    ...(isLog && { isLog }),
    tick: value => duration(Number(value.toPrecision(3))),
    draw: pen => {
      const { context, colour, ratio, top, height } = pen;
      const base = top + height - 8 * ratio;
      const lost: number[] = [];
      context.fillStyle = context.strokeStyle = colour('rtt');
      drawValues(pen, echo, code => {
        const rtt = rttOfCode(code);
        return rtt ? { value: rtt.rttMs, isHollow: rtt.late } : undefined;
      });
      const { at, value } = echo;
      for (
        let index = firstFrom(at, pen.view.from);
        index < at.length && at[index]! <= pen.view.to;
        index++
      ) {
        const x = pen.x(at[index]!);
        if (value[index] === LOST && x - (lost.at(-1) ?? -9) >= ratio) lost.push(x);
      }
      context.strokeStyle = colour('alert');
      context.lineWidth = 1.4 * ratio;
      context.beginPath();
      for (const x of lost) {
        const size = 3.5 * ratio;
        context.moveTo(x - size, base - size);
        context.lineTo(x + size, base + size);
        context.moveTo(x + size, base - size);
        context.lineTo(x - size, base + size);
      }
      context.stroke();
    },
  };
}

function clockLane({ clock }: TargetSeries): Lane {
  return {
    ...{ id: 'clock', title: 'guest clock, against its first reading', height: 110 },
    range: view => clockRange(clock, view),
    tick: value => (value === 0 ? '0' : signedDuration(value).replace('-', '−')),
    draw: pen => {
      pen.context.fillStyle = pen.context.strokeStyle = pen.colour('clock');
      drawValues(pen, clock, value => ({ value: value / CLOCK_TICKS }));
    },
  };
}

/** The readings in view and some room: a step of milliseconds shows beside one of seconds. */
function clockRange({ at, value }: Series, { from, to }: View): readonly [low: number, high: number] {
  const first = Math.max(0, firstFrom(at, from) - 1);
  const shown = value.subarray(first, Math.max(first + 1, firstFrom(at, to)));
  const low = shown.reduce((a, b) => Math.min(a, b)) / CLOCK_TICKS;
  const high = shown.reduce((a, b) => Math.max(a, b)) / CLOCK_TICKS;
  const margin = Math.max((MIN_CLOCK_MS - (high - low)) / 2, (high - low) * 0.1);
  return [low - margin, high + margin];
}

/** The media in the buffer: the code of a stalled viewer is negative. */
function bufferOf(code: number): number {
  return code < 0 ? -1 - code : code;
}

function viewerLane({ viewer }: TargetSeries): Lane {
  const most = viewer.value.reduce((a, b) => Math.max(a, bufferOf(b)), 1);
  return {
    ...{ id: 'viewer', title: 'buffer of the viewer; filled: it stalls', height: 90 },
    range: () => [0, most * 1.1],
    tick: duration,
    draw: pen => {
      const { context, colour, ratio } = pen;
      const { at, value } = viewer;
      const first = Math.max(0, firstFrom(at, pen.view.from) - 1);
      context.fillStyle = colour('amber');
      context.globalAlpha = 0.5;
      for (let index = first; index < at.length && at[index]! <= pen.view.to; index++)
        if (value[index]! < 0)
          context.fillRect(
            pen.x(at[index]!),
            pen.top,
            pen.x(at[index + 1] ?? at[index]!) - pen.x(at[index]!),
            pen.height,
          );
      context.globalAlpha = 1;
      context.strokeStyle = colour('viewer');
      context.lineWidth = 1.5 * ratio;
      context.beginPath();
      for (let index = first; index < at.length && at[index - 1]! <= pen.view.to; index++)
        context.lineTo(pen.x(at[index]!), pen.y(bufferOf(value[index]!)));
      context.stroke();
    },
  };
}

/** Announcements as ticks, and the light as a band below them. */
function markLane(model: PageModel, target: PageTarget, { frames }: TargetSeries): Lane {
  const heights = { red: 1, amber: 0.65, green: 0.3 };
  return {
    ...{ id: 'marks', title: 'announcements (long: RARP), and the light', height: 64, range: () => [0, 1] },
    draw: pen => {
      const { context, colour, ratio, top, height } = pen;
      const bandTop = top + height * 0.6;
      const bandHeight = height * 0.4;
      const lights = [[0, 0] as const, ...target.lights];
      for (const [index, [at, light]] of lights.entries()) {
        const until = lights[index + 1]?.[0] ?? model.lengthMs;
        if (until < pen.view.from || at > pen.view.to) continue;
        const name = (['green', 'amber', 'red'] as const)[light];
        const share = heights[name] * bandHeight;
        context.fillStyle = colour(name);
        context.fillRect(
          pen.x(at),
          bandTop + bandHeight - share,
          Math.max(ratio, pen.x(until) - pen.x(at)),
          share,
        );
      }
      context.strokeStyle = colour('frames');
      context.lineWidth = 2 * ratio;
      context.beginPath();
      for (
        let index = firstFrom(frames.at, pen.view.from);
        index < frames.at.length && frames.at[index]! <= pen.view.to;
        index++
      ) {
        const length = height * (target.frameWords[frames.value[index]!] === 'RARP' ? 0.5 : 0.28);
        context.moveTo(pen.x(frames.at[index]!), bandTop - 2 * ratio);
        context.lineTo(pen.x(frames.at[index]!), bandTop - 2 * ratio - length);
      }
      context.stroke();
    },
  };
}

/** The statistics of the detectors: the chosen one as a line, the others faintly; the limit is in the middle. */
function levelLane({ detectors }: PageTarget, { levels }: TargetSeries, chosen: () => number): Lane {
  return {
    ...{
      id: 'levels',
      title: 'statistics of the detectors; above the line: an alarm',
      height: 110,
      range: () => [0, TOP],
    },
    draw: pen => {
      const { context, colour, ratio, left, width } = pen;
      context.strokeStyle = colour('alert');
      context.lineWidth = ratio;
      context.setLineDash([5 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(left, pen.y(LIMIT));
      context.lineTo(left + width, pen.y(LIMIT));
      context.stroke();
      context.setLineDash([]);
      const order = [...detectors.keys()].filter(index => index !== chosen());
      for (const index of [...order, chosen()]) {
        const column = levels.columns[index];
        if (!column) continue;
        const isChosen = index === chosen();
        context.strokeStyle = isChosen ? colour('accent') : colour('frame');
        context.globalAlpha = isChosen ? 1 : 0.7;
        context.lineWidth = (isChosen ? 1.8 : 1) * ratio;
        context.beginPath();
        steps(pen, levels.at, column);
        context.stroke();
      }
      context.globalAlpha = 1;
    },
  };
}

/** A line that keeps each value until the next one: at most two points a pixel. */
function steps(pen: Pen, at: Float64Array, column: Uint8Array): void {
  const { context, view } = pen;
  let [pixel, most] = [-Infinity, 0];
  for (let index = Math.max(0, firstFrom(at, view.from) - 1); index < at.length; index++) {
    const x = Math.max(pen.left, pen.x(at[index]!));
    most = x - pixel < 1 ? Math.max(most, column[index]!) : column[index]!;
    const y = pen.y(most);
    context.lineTo(x, y);
    if (x - pixel >= 1) pixel = x;
    const until = Math.min(view.to, at[index + 1] ?? view.to);
    context.lineTo(Math.max(x, pen.x(until)), y);
    if (at[index]! > view.to) break;
  }
}

/** Dots where there is room for them, else a stroke from the lowest to the highest value of each pixel. */
function drawValues(
  pen: Pen,
  { at, value }: Series,
  read: (value: number) => { value: number; isHollow?: boolean } | undefined,
): void {
  const { context, view, width, ratio } = pen;
  const [first, last] = [firstFrom(at, view.from), firstFrom(at, view.to + 1e-6)];
  if (last - first <= width / (2 * ratio)) {
    for (let index = first; index < last; index++) {
      const found = read(value[index]!);
      if (!found) continue;
      context.beginPath();
      context.arc(pen.x(at[index]!), pen.y(found.value), 2.2 * ratio, 0, 2 * Math.PI);
      if (found.isHollow) context.stroke();
      else context.fill();
    }
    return;
  }
  context.lineWidth = ratio;
  context.lineCap = 'round';
  context.beginPath();
  let [pixel, low, high] = [Number.NaN, Infinity, -Infinity];
  const flush = () => {
    if (low > high) return;
    context.moveTo(pixel + 0.5, pen.y(low) + 0.4 * ratio);
    context.lineTo(pixel + 0.5, pen.y(high) - 0.4 * ratio);
  };
  for (let index = first; index < last; index++) {
    const found = read(value[index]!);
    if (!found) continue;
    const x = Math.floor(pen.x(at[index]!));
    if (x !== pixel) {
      flush();
      [pixel, low, high] = [x, Infinity, -Infinity];
    }
    low = Math.min(low, found.value);
    high = Math.max(high, found.value);
  }
  flush();
  context.stroke();
}
