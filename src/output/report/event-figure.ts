import { lightOf } from '../../core/event.js';
import { duration, signedDuration } from '../../core/format/duration.js';
import type { Millis } from '../../core/sample.js';
import type { Span } from '../../evaluation/coverage.js';
import { distanceMarks } from '../../ui/graph/axis.js';
import { endOf, gapOf } from './excerpt.js';
import { clockSteps, type FigureScales } from './figure-scales.js';
import { hatch } from './hatch.js';
import type { EventPicture, TargetPicture } from './survey.js';
import {
  CLOCK,
  FRAME,
  FRAMES,
  GRID,
  LIGHTS,
  LOSS,
  label,
  MUTED,
  RTT,
  round,
  STOP,
  tag,
  VIEWER,
} from './svg.js';

/** A figure: its markup, and its height in the units of its width. */
export interface Figure {
  content: string;
  height: number;
}

/** What a lane draws with. */
interface Ground {
  picture: EventPicture;
  scales: FigureScales;
  span: Span;
  left: number;
  plot: number;
  x: (at: Millis) => number;
}

interface Lane {
  height: number;
  draw: (ground: Ground, top: number) => string;
}

const RIGHT = 12;
const GAP = 10;
/** Above the lanes: a row for labels of what happened, one for what the hypervisor reported, and one for the blackout. */
const ROWS = { truth: 10, hypervisor: 22, blackout: 36 };
const HEAD = 42;
const AXIS = 34;
/** Two points nearer than this are one point. */
const PIXEL = 0.5;

/**
 * One event on one axis: a lane for each witness that reported something, the blackout as a band, STOP and RESUME as lines.
 * `width` is that of the page or of a column of a paper.
 */
export function eventFigure(
  picture: EventPicture,
  scales: FigureScales,
  { gaps }: Pick<TargetPicture, 'gaps'>,
  width: number,
): Figure {
  const span = scales.span(picture);
  const left = 66;
  const plot = width - left - RIGHT;
  const x = (at: Millis) => left + plot * Math.min(1, Math.max(0, (at - span.from) / (span.to - span.from)));
  const ground: Ground = { picture, scales, span, left, plot, x };
  const parts: string[] = [];
  let y = HEAD;
  for (const { height, draw } of lanesOf(picture, span)) {
    parts.push(draw(ground, y));
    y += height + GAP;
  }
  const bottom = y - GAP;
  const unobserved = gaps
    .filter(({ from, to }) => from < span.to && to > span.from)
    .map(({ from, to }) => hatch(x(from), HEAD, x(to) - x(from), bottom - HEAD));
  const behind = [...unobserved, blackoutBand(ground, bottom), gridOf(ground, bottom)];
  return {
    content: [...behind, ...parts, stopLines(ground, bottom), spanBar(ground, bottom)].join('\n'),
    height: bottom + AXIS + 10,
  };
}

function lanesOf(picture: EventPicture, span: Span): Lane[] {
  const { excerpt } = picture.detail!;
  const within = <Entry extends { at: Millis }>(list: readonly Entry[]) =>
    list.some(({ at }) => at >= span.from && at <= span.to);
  return [
    { height: 132, draw: echoLane },
    ...(within(excerpt.clock) ? [{ height: 70, draw: clockLane }] : []),
    ...(picture.info.witnesses.includes('announce') || within(excerpt.frames)
      ? [{ height: 22, draw: frameLane }]
      : []),
    ...(within(excerpt.viewer) ? [{ height: 44, draw: viewerLane }] : []),
    ...(within(excerpt.jobs) ? [{ height: 18, draw: jobLane }] : []),
  ];
}

/** Behind everything: when the guest did not run, or only was not reached, with the length. */
function blackoutBand(ground: Ground, bottom: number): string {
  const { event, detail } = ground.picture;
  const { blackout, excerpt } = detail!;
  if (blackout)
    return band(ground, bottom, blackout, `blackout ${duration(event.blackoutMs!.estimate)}`, 0.2);
  const gap = event.stuntimeMs === undefined ? undefined : gapOf(excerpt, event);
  return gap ? band(ground, bottom, gap, `unreachable ${duration(event.stuntimeMs!)}`, 0.1) : '';
}

function band(
  { picture, x, left, plot }: Ground,
  bottom: number,
  span: Span,
  text: string,
  opacity: number,
): string {
  const { class: name, fill } = LIGHTS[lightOf(picture.event)];
  const [from, to] = [x(span.from), x(span.to)];
  const half = text.length * 3.1;
  const middle = Math.min(left + plot - half, Math.max(left + half, (from + to) / 2));
  const size = { x: from, y: HEAD, width: Math.max(1.5, to - from), height: bottom - HEAD };
  return [
    tag('rect', { ...size, class: `${name} band`, fill, opacity }),
    label(text, middle, ROWS.blackout, { 'text-anchor': 'middle', 'font-weight': 600 }),
  ].join('\n');
}

/** Time marks from the first sign of the event, and the clock time of that. */
function gridOf({ picture, span, x, left, plot }: Ground, bottom: number): string {
  const { startedAt } = picture.event;
  const marks = distanceMarks(span, startedAt, plot > 500 ? 10 : 5);
  return [
    ...marks.map(
      ({ at, label: text }) =>
        tag('line', { x1: x(at), x2: x(at), y1: HEAD, y2: bottom + 9, ...GRID }) +
        label(text, x(at), bottom + 20, { ...MUTED, 'text-anchor': 'middle', 'font-size': 10 }),
    ),
    label(
      `0 is ${new Date(startedAt).toISOString().slice(-13, -1)} UTC, the first sign; ${duration(span.to - span.from)} across`,
      left + plot,
      bottom + 34,
      { ...MUTED, 'text-anchor': 'end', 'font-size': 10 },
    ),
  ].join('\n');
}

/** Lines where somebody else reports that the guest stopped and ran again. */
function stopLines({ picture, x }: Ground, bottom: number): string {
  const { stops } = picture.detail!;
  return stops
    .map(({ word, at, by }) => {
      const [anchor, shift] = word === 'STOP' ? ['end', -3] : ['start', 3];
      const line = { x1: x(at), x2: x(at), y1: ROWS[by] - 8, y2: bottom };
      return (
        tag('line', { ...line, ...STOP, 'stroke-dasharray': by === 'truth' ? '6 3' : '2 2' }) +
        label(by === 'truth' ? `${word} (label)` : word, x(at) + Number(shift), ROWS[by], {
          ...{ 'text-anchor': String(anchor), 'font-size': 9 },
        })
      );
    })
    .join('\n');
}

/** Below the lanes: from the first sign until the target answered as before. */
function spanBar({ picture, x }: Ground, bottom: number): string {
  const { event } = picture;
  const { class: name, fill } = LIGHTS[lightOf(event)];
  const from = x(event.startedAt);
  return tag('rect', {
    ...{ x: from, y: bottom + 3, width: Math.max(2, x(endOf(event)) - from), height: 3 },
    ...{ class: name, fill },
  });
}

function frameOf({ left, plot }: Ground, top: number, height: number): string {
  return tag('rect', { x: left, y: top, width: plot, height, ...FRAME });
}

function laneTitle(text: string, { left }: Ground, y: number): string {
  return label(text, left - 7, y, { ...MUTED, 'text-anchor': 'end', 'font-size': 10 });
}

const RTT_HEIGHT = 112;

/** Round trips as dots at the time of sending, late ones as rings; below them a cross for each lost probe. */
function echoLane(ground: Ground, top: number): string {
  const { picture, scales, span, left, plot, x } = ground;
  const y = (rttMs: Millis) => top + 3 + (RTT_HEIGHT - 6) * (1 - scales.rtt.place(Math.max(1e-6, rttMs)));
  const echoes = picture.detail!.excerpt.echoes.filter(({ at }) => at >= span.from && at <= span.to);
  const timely = echoes.filter(({ rttMs, late }) => rttMs !== undefined && !late);
  const late = echoes.filter(({ rttMs, late }) => rttMs !== undefined && late);
  const lost = echoes.filter(({ rttMs }) => rttMs === undefined);
  const lossY = top + RTT_HEIGHT + 10;
  return [
    ...scales.rtt.ticks.map(
      ({ value, label: text }) =>
        tag('line', { x1: left, x2: left + plot, y1: y(value), y2: y(value), ...GRID }) +
        label(text, left - 7, y(value) + 3.5, { ...MUTED, 'text-anchor': 'end', 'font-size': 10 }),
    ),
    laneTitle(scales.isLog ? 'RTT (log)' : 'RTT', ground, top - 6),
    frameOf(ground, top, RTT_HEIGHT),
    points(
      timely.map(({ at, rttMs }) => [x(at), y(rttMs!)]),
      RTT,
      3.2,
    ),
    tag('path', {
      d:
        late
          .map(({ at, rttMs }) => `M${round(x(at) - 2)} ${round(y(rttMs!))}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0`)
          .join('') || 'M0 0',
      ...RTT,
      'stroke-width': 0.9,
    }),
    laneTitle('lost', ground, lossY + 4),
    tag('path', {
      d:
        unique(lost.map(({ at }) => [x(at), lossY] as const))
          .map(([px, py]) => `M${round(px - 2.5)} ${round(py - 2.5)}l5 5m0 -5l-5 5`)
          .join('') || 'M0 0',
      ...LOSS,
      'stroke-width': 1.2,
    }),
  ].join('\n');
}

/** The offset of the guest's clock against its first reading here: a step down is time in which the guest stood still. */
function clockLane(ground: Ground, top: number): string {
  const { picture, scales, span, left, plot, x } = ground;
  const { low, high } = scales.clock(picture);
  const y = (offsetMs: Millis) => top + 70 * (1 - (offsetMs - low) / (high - low));
  const readings = clockSteps(picture, span);
  const ticks = distanceMarks({ from: low, to: high }, 0, 3).filter(
    ({ at }) => y(at) > top + 4 && y(at) < top + 68,
  );
  return [
    ...ticks.map(
      ({ at }) =>
        tag('line', { x1: left, x2: left + plot, y1: y(at), y2: y(at), ...GRID }) +
        label(at === 0 ? '0' : signedDuration(at).replace('-', '−'), left - 7, y(at) + 3.5, {
          ...MUTED,
          ...{ 'text-anchor': 'end', 'font-size': 10 },
        }),
    ),
    laneTitle('clock', ground, top + 38),
    frameOf(ground, top, 70),
    points(
      readings.map(({ at, offsetMs }) => [x(at), y(offsetMs)]),
      CLOCK,
      3,
    ),
  ].join('\n');
}

/** A tick for each frame that announced the target without being asked: long for RARP, short for the others. */
function frameLane(ground: Ground, top: number): string {
  const { picture, span, x } = ground;
  const frames = picture.detail!.excerpt.frames.filter(({ at }) => at >= span.from && at <= span.to);
  return [
    laneTitle('announced', ground, top + 14),
    frameOf(ground, top, 22),
    tag('path', {
      d:
        unique(frames.map(({ at, word }) => [x(at), word === 'RARP' ? 18 : 10] as const))
          .map(([px, length]) => `M${round(px)} ${top + 20}v${-length}`)
          .join('') || 'M0 0',
      ...FRAMES,
      'stroke-width': 1.8,
    }),
  ].join('\n');
}

/** The media in the viewer's buffer; a stall is a filled stretch. */
function viewerLane(ground: Ground, top: number): string {
  const { picture, span, x } = ground;
  const reports = picture.detail!.excerpt.viewer.filter(({ at }) => at >= span.from && at <= span.to);
  const most = reports.reduce((high, { bufferMs }) => Math.max(high, bufferMs), 1);
  const y = (bufferMs: Millis) => top + 42 - 38 * (bufferMs / most);
  const stalls = reports
    .map((report, index) => ({ ...report, until: reports[index + 1]?.at ?? span.to }))
    .filter(({ state }) => state === 'stalled');
  return [
    laneTitle('viewer', ground, top + 20),
    laneTitle(duration(most), ground, top + 32),
    ...stalls.map(({ at, until }) =>
      tag('rect', {
        x: x(at),
        y: top,
        width: x(until) - x(at),
        height: 44,
        class: 'amber',
        fill: '#d99a00',
        opacity: 0.45,
      }),
    ),
    frameOf(ground, top, 44),
    tag('path', {
      d:
        reports
          .map(({ at, bufferMs }, index) => `${index === 0 ? 'M' : 'L'}${round(x(at))} ${round(y(bufferMs))}`)
          .join('') || 'M0 0',
      ...VIEWER,
      'stroke-width': 1.4,
    }),
  ].join('\n');
}

/** Migrations as the hypervisor reported them: a bar from the first report to the last, with its final status. */
function jobLane(ground: Ground, top: number): string {
  const { picture, span, x } = ground;
  const jobs = picture.detail!.excerpt.jobs.filter(({ at }) => at >= span.from && at <= span.to);
  const [first, last] = [jobs[0]!, jobs.at(-1)!];
  return [
    laneTitle('hypervisor', ground, top + 13),
    frameOf(ground, top, 18),
    tag('rect', {
      x: x(first.at),
      y: top + 4,
      width: Math.max(2, x(last.at) - x(first.at)),
      height: 10,
      class: 'job',
      fill: '#5b6470',
      opacity: 0.5,
    }),
    label(last.status, x(first.at) + 4, top + 12.5, { 'font-size': 9.5 }),
  ].join('\n');
}

/** Round dots; those that would lie on each other are drawn once, so that no point is lost and no byte wasted. */
function points(
  at: readonly (readonly [x: number, y: number])[],
  stroke: Readonly<Record<string, string>>,
  size: number,
): string {
  const dots = unique(at).map(([x, y]) => `M${round(x)} ${round(y)}h0`);
  return tag('path', { d: dots.join('') || 'M0 0', ...stroke, 'stroke-width': size });
}

function unique(at: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return [
    ...new Map(
      at.map(each => [`${Math.round(each[0] / PIXEL)} ${Math.round(each[1] / PIXEL)}`, each]),
    ).values(),
  ];
}
