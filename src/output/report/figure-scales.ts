import type { Millis } from '../../core/sample.js';
import type { Span } from '../../evaluation/coverage.js';
import { type Scale, scaleFor } from '../../ui/graph/axis.js';
import { clockOf, type Excerpt, endOf } from './excerpt.js';
import type { EventPicture, Survey } from './survey.js';

/** How long the time axis of a figure is: one of these, so that figures can be compared. */
const LENGTHS: readonly Millis[] = [
  ...[1, 2, 5, 10, 20, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 20, 30, 60, 120, 360, 720, 1440].map(minutes => minutes * 60_000),
];
/** The share of the axis before the event. */
const BEFORE = 0.25;
/** Announcements follow a move within this time, and belong into its picture. */
const ANNOUNCED_MS: Millis = 1500;
/** The least that the clock lane spans. */
const MIN_CLOCK_MS: Millis = 20;
/** Above this ratio of the largest to the smallest round trip, the scale is logarithmic. */
const LOG_RATIO = 20;

/** The scales of all figures of a document: equal wherever figures are compared. */
export interface FigureScales {
  /** The same for every figure. */
  rtt: Scale;
  isLog: boolean;
  /** The time that a figure shows. */
  span(picture: EventPicture): Span;
  /** The offsets of the guest's clock: the same for figures of one length. */
  clock(picture: EventPicture): { low: Millis; high: Millis };
}

export function scalesOf({ events }: Pick<Survey, 'events'>): FigureScales {
  const spans = new Map(events.filter(({ detail }) => detail).map(picture => [picture, figureSpan(picture)]));
  const rtts = [...spans].flatMap(([picture, span]) => boundsOf(rttsIn(picture.detail!.excerpt, span)));
  const [low, high] = rtts.length > 0 ? [Math.min(...rtts), Math.max(...rtts)] : [0.1, 1];
  const isLog = high > LOG_RATIO * low && low > 0;
  const range = isLog ? { low: low / 1.2, high: high * 1.2 } : { low: 0, high: Math.max(high * 1.1, 0.01) };
  const clocks = new Map<Millis, { low: Millis; high: Millis }>();
  for (const [picture, span] of spans) {
    const offsets = boundsOf(clockSteps(picture, span).map(({ offsetMs }) => offsetMs));
    const known = clocks.get(span.to - span.from) ?? { low: -MIN_CLOCK_MS / 2, high: MIN_CLOCK_MS / 2 };
    clocks.set(span.to - span.from, {
      low: Math.min(known.low, ...offsets),
      high: Math.max(known.high, ...offsets),
    });
  }
  return {
    rtt: scaleFor({ min: low, median: low, max: high }, 5, { shape: isLog ? 'log' : 'linear', range }),
    isLog,
    span: picture => spans.get(picture)!,
    clock: picture => {
      const span = spans.get(picture)!;
      const { low, high } = clocks.get(span.to - span.from)!;
      const margin = (high - low) * 0.08;
      return { low: low - margin, high: high + margin };
    },
  };
}

/** The offsets of the guest's clock against the first one shown. */
export function clockSteps({ detail }: EventPicture, { from, to }: Span): { at: Millis; offsetMs: Millis }[] {
  const readings = clockOf(detail!.excerpt).filter(({ at }) => at >= from && at <= to);
  const zero = readings[0]?.offsetMs ?? 0;
  return readings.map(({ at, offsetMs }) => ({ at, offsetMs: offsetMs - zero }));
}

function figureSpan({ event, detail }: EventPicture): Span {
  const { excerpt, stops } = detail!;
  const end = endOf(event);
  const frames = excerpt.frames.filter(({ at }) => at >= event.startedAt && at <= end + ANNOUNCED_MS);
  const last = Math.max(end, ...frames.map(({ at }) => at), ...stops.map(({ at }) => at));
  const first = Math.min(event.startedAt, ...stops.map(({ at }) => at));
  const needed = (last - first) * 1.3;
  const length = LENGTHS.find(each => each >= needed) ?? needed;
  const from = first - Math.min(BEFORE * length, (length - (last - first)) / 2);
  return { from, to: from + length };
}

function rttsIn({ echoes }: Excerpt, { from, to }: Span): Millis[] {
  return echoes.flatMap(({ at, rttMs }) => (rttMs === undefined || at < from || at > to ? [] : [rttMs]));
}

function boundsOf(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
