import { duration, signedDuration } from '../core/format/duration.js';
import { LOST, rttOfCode } from './codec.js';
import { firstFrom } from './data.js';
import type { PageEvent, PageModel, PageTarget, Series, TargetSeries } from './model.js';
import type { View } from './view.js';

type Millis = number;

export const LIGHTS = ['green', 'amber', 'red'] as const;
export type LightName = (typeof LIGHTS)[number];
const CLOCK_TICKS = 10;
const MAX_ROWS = 300;

/** `00:24:38.055`, in UTC. */
export function clockTime({ startedAt }: PageModel, at: Millis): string {
  return new Date(startedAt + at).toISOString().slice(-13, -1);
}

/** The light of a target at a moment. */
export function lightAt({ lights }: PageTarget, at: Millis): LightName {
  let light: LightName = 'green';
  for (const [since, next] of lights) if (since <= at) light = LIGHTS[next];
  return light;
}

/** The event of the target at a moment, or the latest before it. */
export function eventAt(
  { events }: PageModel,
  { target, at }: Pick<View, 'target' | 'at'>,
): PageEvent | undefined {
  return events.filter(event => event.target === target && event.from <= at).at(-1);
}

/** What is known at the replayed moment, as phrases. */
export function stateWords(model: PageModel, series: TargetSeries, view: View): string[] {
  const { target, at } = view;
  const event = eventAt(model, view);
  const isGap = model.targets[target]!.gaps.some(([from, to]) => at >= from && at < to);
  return [
    `${clockTime(model, at)} UTC`,
    isGap ? 'not observed' : echoWords(latest(series.echo, at)),
    ...clockWords(latest(series.clock, at)),
    ...(event
      ? [`${event.to >= at ? 'event' : 'last event'} ${event.number}: ${event.kind}, ${event.steps}`]
      : []),
  ];
}

/** The samples in the window as rows: time, what, value. At most MAX_ROWS, and how many more there are. */
export function rowsInView(
  model: PageModel,
  series: TargetSeries,
  { from, to, target }: View,
): { rows: string[][]; more: number } {
  const found: [at: Millis, what: string, value: string][] = [];
  let count = 0;
  const each = ({ at, value }: Series, words: (value: number) => [what: string, value: string]) => {
    for (let index = firstFrom(at, from); index < at.length && at[index]! <= to; index++) {
      count++;
      if (found.length < MAX_ROWS * 4) found.push([at[index]!, ...words(value[index]!)]);
    }
  };
  each(series.frames, value => ['announcement', model.targets[target]!.frameWords[value] ?? '']);
  each(series.echo, code => ['echo', echoWords(code)]);
  each(series.clock, value => ['guest clock', signedDuration(value / CLOCK_TICKS)]);
  each(series.viewer, value => ['viewer', value < 0 ? 'stalled' : `buffer ${duration(value)}`]);
  const rows = found.sort((a, b) => a[0] - b[0]).slice(0, MAX_ROWS);
  return {
    rows: rows.map(([at, what, value]) => [clockTime(model, at), what, value]),
    more: count - rows.length,
  };
}

function latest({ at, value }: Series, moment: Millis): number | undefined {
  return value[firstFrom(at, moment + 1e-6) - 1];
}

function echoWords(code: number | undefined): string {
  if (code === undefined) return 'no echo yet';
  if (code === LOST) return 'echo lost';
  const { rttMs, late } = rttOfCode(code)!;
  return `RTT ${duration(rttMs)}${late ? ', after the timeout' : ''}`;
}

function clockWords(value: number | undefined): string[] {
  return value === undefined ? [] : [`guest clock ${signedDuration(value / CLOCK_TICKS)}`];
}
