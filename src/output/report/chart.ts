import type { Light } from '../../core/event.js';
import { lightOf } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { percent } from '../../core/format/units.js';
import type { Span } from '../../evaluation/coverage.js';
import { type Scale, scaleFor } from '../../ui/graph/axis.js';
import { hatch } from './hatch.js';
import type { EventPicture, TargetPicture } from './survey.js';
import { FRAME, GRID, INK, LIGHTS, LOSS, label, MUTED, RTT, round, tag } from './svg.js';
import { timeTicks } from './time-axis.js';

/** The width of every picture, in its own units; a page scales them. */
export const WIDTH = 960;
const LEFT = 62;
const RIGHT = 14;
export const PLOT = WIDTH - LEFT - RIGHT;
const TOP = 62;
const HEIGHT = 190;
const LOSS_AT = TOP + HEIGHT + 12;
const LOSS_HEIGHT = 14;
const LIGHT_AT = LOSS_AT + LOSS_HEIGHT + 6;
const LIGHT_HEIGHT = 11;
const AXIS_AT = LIGHT_AT + LIGHT_HEIGHT + 16;
export const CHART_HEIGHT = AXIS_AT + 22;

/**
 * The chart of one target: RTT, losses, light and its numbered events over the whole time, and what was not observed. Its height
 * is CHART_HEIGHT.
 */
export function chart(picture: TargetPicture, events: readonly EventPicture[], span: Span): string {
  const { columns, summary } = picture;
  const scale = wholeScale(summary.rttMs);
  const x = (at: number) => LEFT + PLOT * Math.min(1, Math.max(0, (at - span.from) / (span.to - span.from)));
  const y = placeY(scale, TOP, HEIGHT);
  return [
    heading(picture),
    ...picture.gaps.map(({ from, to }) =>
      hatch(x(from), TOP, Math.max(1, x(to) - x(from)), LIGHT_AT + LIGHT_HEIGHT - TOP),
    ),
    axes(scale, y),
    ...timeTicks(span.from, span.to, 9).flatMap(({ at, label: text }) => [
      tag('line', { x1: x(at), x2: x(at), y1: TOP, y2: LIGHT_AT + LIGHT_HEIGHT + 3, ...GRID }),
      label(text, x(at), AXIS_AT, { ...MUTED, 'text-anchor': 'middle' }),
    ]),
    label('time (UTC)', LEFT + PLOT, AXIS_AT + 15, { ...MUTED, 'text-anchor': 'end' }),
    tag('rect', { x: LEFT, y: TOP, width: PLOT, height: HEIGHT, ...FRAME }),
    rttPath(picture, y),
    lossPath(picture),
    label('lost', LEFT - 8, LOSS_AT + 11, { ...MUTED, 'text-anchor': 'end' }),
    lightBand(picture),
    label('light', LEFT - 8, LIGHT_AT + 10, { ...MUTED, 'text-anchor': 'end' }),
    eventMarks(events, x),
    columns.sent.every(count => count === 0)
      ? label('no echo was sent', LEFT + PLOT / 2, TOP + HEIGHT / 2, { ...MUTED, 'text-anchor': 'middle' })
      : '',
  ].join('\n');
}

/** Above this ratio of the largest to the median, a linear axis would flatten all but the peaks. */
const LOG_RATIO = 12;

/** A scale that holds every value. */
function wholeScale(rttMs: TargetPicture['summary']['rttMs']): Scale {
  const { min, median, max } = rttMs ?? { min: 0.5, median: 1, max: 1 };
  const isLog = max > LOG_RATIO * median;
  const range = isLog
    ? { low: Math.max(0.001, min / 1.2), high: max * 1.2 }
    : { low: 0, high: max * 1.1 || 1 };
  return scaleFor({ min, median, max }, 6, { shape: isLog ? 'log' : 'linear', range });
}

/** Maps a value to its height; values outside the axis are drawn at its edge. */
function placeY(scale: Scale, top: number, height: number): (value: number) => number {
  return value => top + height * (1 - Math.min(1, Math.max(0, scale.place(Math.max(1e-6, value)))));
}

function heading({ info, summary }: TargetPicture): string {
  const { name, address, simulated } = info;
  const { sent, lost, rttMs } = summary;
  const where = address === name ? '' : ` (${address})`;
  const figures = rttMs
    ? `RTT median ${duration(rttMs.median)}, p95 ${duration(rttMs.p95)}, p99 ${duration(rttMs.p99)}, max ${duration(rttMs.max)}`
    : 'no round trip';
  return [
    label(`${name}${where}${simulated ? ', SIMULATED' : ''}`, LEFT, 16, {
      'font-size': 15,
      'font-weight': 600,
    }),
    label(`${sent} probes, ${lost} lost (${percent(lost / Math.max(1, sent))}). ${figures}`, LEFT, 34, MUTED),
  ].join('\n');
}

function axes(scale: Scale, y: (value: number) => number): string {
  const marks = scale.ticks
    .filter(({ value }) => scale.place(Math.max(1e-6, value)) > -0.001 && scale.place(value) < 1.001)
    .map(
      ({ value, label: text }) =>
        tag('line', { x1: LEFT, x2: LEFT + PLOT, y1: y(value), y2: y(value), ...GRID }) +
        label(text, LEFT - 8, y(value) + 4, { ...MUTED, 'text-anchor': 'end' }),
    );
  const middle = TOP + HEIGHT / 2;
  const title = label('round-trip time', 12, middle, {
    ...MUTED,
    'text-anchor': 'middle',
    transform: `rotate(-90 12 ${middle})`,
  });
  return marks.join('\n') + title;
}

/** A stroke from the lowest to the highest RTT of each column; with round ends, so that a single value is a dot. */
function rttPath({ columns }: TargetPicture, y: (value: number) => number): string {
  const strokes: string[] = [];
  for (let column = 0; column < columns.count; column++) {
    const [low, high] = [columns.lows[column]!, columns.highs[column]!];
    if (low > high) continue;
    const [bottom, top] = [y(low), y(high)];
    strokes.push(`M${round(columnX(column, columns.count))} ${round(bottom + 0.05)}V${round(top)}`);
  }
  return tag('path', { d: strokes.join(''), ...RTT, 'stroke-width': 1.3, 'stroke-linecap': 'round' });
}

/** A stroke as high as the share of lost probes, with a visible minimum. */
function lossPath({ columns }: TargetPicture): string {
  const strokes: string[] = [];
  for (let column = 0; column < columns.count; column++) {
    const lost = columns.lost[column]!;
    if (lost === 0) continue;
    const height = Math.max(4, LOSS_HEIGHT * (lost / columns.sent[column]!));
    strokes.push(
      `M${round(columnX(column, columns.count))} ${LOSS_AT + LOSS_HEIGHT}V${round(LOSS_AT + LOSS_HEIGHT - height)}`,
    );
  }
  const floor = LOSS_AT + LOSS_HEIGHT;
  return (
    tag('line', { x1: LEFT, x2: LEFT + PLOT, y1: floor, y2: floor, ...GRID }) +
    tag('path', { d: strokes.join('') || 'M0 0', ...LOSS, 'stroke-width': 1.6 })
  );
}

function columnX(column: number, count: number): number {
  return LEFT + ((column + 0.5) / count) * PLOT;
}

/** The worst light of each column; equal neighbours are joined. */
function lightBand({ columns, lights }: TargetPicture): string {
  const worst = new Array<Light | undefined>(columns.count);
  lights.forEach(({ at, light }, index) => {
    const last = index + 1 < lights.length ? columns.at(lights[index + 1]!.at) : columns.count - 1;
    for (let column = columns.at(at); column <= last; column++) worst[column] = worse(light, worst[column]);
  });
  const rects: string[] = [];
  for (let from = 0, to = 0; from < worst.length; from = to) {
    for (to = from + 1; to < worst.length && worst[to] === worst[from]; ) to++;
    const light = worst[from];
    if (light === undefined) continue;
    const { height, class: name, fill } = LIGHTS[light];
    const [x1, x2] = [LEFT + (from / columns.count) * PLOT, LEFT + (to / columns.count) * PLOT];
    rects.push(
      tag('rect', { x: x1, y: LIGHT_AT + LIGHT_HEIGHT - height, width: x2 - x1, height, class: name, fill }),
    );
  }
  return rects.join('\n');
}

function worse(one: Light, other: Light | undefined): Light {
  return other && LIGHTS[other].height > LIGHTS[one].height ? other : one;
}

/** An event: a shade over its duration, a line at its start, its number above. Numbers that would overlap are left out. */
function eventMarks(events: readonly EventPicture[], x: (at: number) => number): string {
  let free = -Infinity;
  const marks = [...events]
    .sort((a, b) => a.event.startedAt - b.event.startedAt)
    .map(({ event, number }) => {
      const { class: name, fill } = LIGHTS[lightOf(event)];
      const from = x(event.startedAt);
      const width = Math.max(1, x(event.endedAt ?? event.startedAt) - from);
      const shade = tag('rect', { x: from, y: TOP, width, height: HEIGHT, class: name, fill, opacity: 0.22 });
      const line = tag('rect', {
        x: from - 0.5,
        y: TOP - 5,
        width: 1,
        height: HEIGHT + 5,
        class: name,
        fill,
      });
      const text = `${number} ${kindWord(event)}`;
      const fits = [text, number].find(each => from - widthOf(each) / 2 > free);
      if (fits === undefined) return shade + line;
      free = from + widthOf(fits) / 2 + 4;
      return shade + line + label(fits, from, TOP - 9, { ...INK, 'text-anchor': 'middle' });
    });
  return marks.join('\n');
}

/** The approximate width of a text in an 11 px sans serif font. */
function widthOf(text: string): number {
  return text.length * 6.2;
}
