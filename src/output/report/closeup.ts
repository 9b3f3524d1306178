import { lightOf } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { kindWord } from '../../core/format/kind.js';
import { type Scale, scaleFor } from '../../ui/graph/axis.js';
import { placeY } from './chart.js';
import type { Closeup } from './columns.js';
import { DOT, FRAME, GRID, LIGHTS, LOSS, label, MUTED, round, tag } from './svg.js';
import { timeTicks } from './time-axis.js';

export const CLOSEUP_WIDTH = 310;
export const CLOSEUP_HEIGHT = 190;
const LEFT = 48;
const TOP = 42;
const PLOT = CLOSEUP_WIDTH - LEFT - 8;
const HEIGHT = 112;

/** One event, echo by echo: a dot for each reply at the time of its sending, a cross for each loss. */
export function closeup({ event, span, echoes }: Closeup, number: number): string {
  const scale = scaleOf(echoes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs])));
  const x = (at: number) => LEFT + PLOT * Math.min(1, Math.max(0, (at - span.from) / (span.to - span.from)));
  const y = placeY(scale, TOP, HEIGHT);
  const { class: name, fill } = LIGHTS[lightOf(event)];
  const [from, to] = [x(event.startedAt), x(event.endedAt ?? event.startedAt)];
  const dots = echoes.filter(({ rttMs }) => rttMs !== undefined);
  const crosses = echoes
    .filter(({ rttMs }) => rttMs === undefined)
    .map(({ at }) => `M${round(x(at) - 2.5)} ${TOP + 4}l5 5m0 -5l-5 5`);
  return [
    label(`${number} ${kindWord(event)}`, LEFT, 14, { 'font-weight': 600, 'font-size': 12 }),
    label(blackoutText(event), LEFT, 29, MUTED),
    ...scale.ticks.map(
      ({ value, label: text }) =>
        tag('line', { x1: LEFT, x2: LEFT + PLOT, y1: y(value), y2: y(value), ...GRID }) +
        label(text, LEFT - 6, y(value) + 4, { ...MUTED, 'text-anchor': 'end' }),
    ),
    ...timeTicks(span.from, span.to, 3).map(
      ({ at, label: text }) =>
        tag('line', { x1: x(at), x2: x(at), y1: TOP, y2: TOP + HEIGHT + 4, ...GRID }) +
        label(text, x(at), TOP + HEIGHT + 18, { ...MUTED, 'text-anchor': 'middle' }),
    ),
    tag('rect', {
      x: from,
      y: TOP,
      width: Math.max(1, to - from),
      height: HEIGHT,
      ...{ class: name, fill, opacity: 0.18 },
    }),
    tag('rect', { x: LEFT, y: TOP, width: PLOT, height: HEIGHT, ...FRAME }),
    ...dots.map(({ at, rttMs }) => tag('circle', { cx: x(at), cy: y(rttMs!), r: 1.7, ...DOT })),
    tag('path', { d: crosses.join('') || 'M0 0', ...LOSS, 'stroke-width': 1.3 }),
  ].join('\n');
}

function scaleOf(rtts: readonly number[]): Scale {
  const sorted = [...rtts].sort((a, b) => a - b);
  if (sorted.length === 0) return scaleFor({ min: 1, median: 1, max: 1 }, 4);
  const [min, median, max] = [0, 0.5, 1].map(q => sorted[Math.floor(q * (sorted.length - 1))]!);
  return scaleFor({ min: Math.max(0.001, min!), median: median!, max: max! }, 4);
}

function blackoutText({ blackoutMs, stuntimeMs }: Closeup['event']): string {
  const words = [];
  if (blackoutMs) {
    const { estimate, low, high } = blackoutMs;
    words.push(`blackout ${duration(estimate)} (${low.toFixed(0)}–${high.toFixed(0)} ms)`);
  }
  if (stuntimeMs !== undefined) words.push(`stuntime ${duration(stuntimeMs)}`);
  return words.join(', ');
}
