import type { EventKind } from '../../../core/event.js';
import type { Glyphs } from '../../glyphs.js';
import { fit, type Line, type Style, span } from '../../spans.js';
import { clip, padEnd, wrap } from '../../text.js';
import { duration, moment, percent } from '../../units.js';
import type { EventView, View } from '../../view.js';
import { nameCell, type Panel, ruled } from '../panel.js';

/** The colour of the light that a kind of event brings. */
export const KIND_STYLE: Record<EventKind, Style> = {
  migration: 'red',
  ghost: 'red',
  unclear: 'red',
  pause: 'amber',
  reboot: 'amber',
  outage: 'amber',
  congestion: 'amber',
};

const KIND_WIDTH = 11;
const TIME_WIDTH = 13;
const NARROW = 64;

/** The log of events, newest first; in a narrow box the newest alone, in as many lines as there are. */
export const events: Panel = (view, { width, height }, glyphs) => {
  if (width < NARROW || height < 3) return newest(view, width, height, glyphs);
  const rows = view.events.length === 0 ? [[span('  nothing yet', 'dim')]] : [];
  return [
    ruled([span('events, newest first')], width, glyphs),
    ...rows,
    ...view.events.map(event => row(event, view.now, width, glyphs)),
  ];
};

function row(event: EventView, now: number, width: number, glyphs: Glyphs): Line {
  const style = KIND_STYLE[event.kind];
  const name = nameCell(event, Math.max(14, Math.min(30, Math.floor(width / 6))), 'plain');
  return fit(
    [
      span(event.shown ? `${glyphs.chosen} ` : '  ', 'strong'),
      span(padEnd(moment(event.startedAt, now), TIME_WIDTH), 'dim'),
      ...name,
      span(' '),
      span(padEnd(event.kind, KIND_WIDTH), style),
      span(describe(event).join(glyphs.separator)),
    ],
    width,
  );
}

/** What is known of an event, the most telling first. */
function describe({ open, blackoutMs, stuntimeMs, confidence, evidence }: EventView): string[] {
  return [
    open ? 'going on' : '',
    blackoutMs
      ? `blackout ${duration(blackoutMs.estimate)} (${duration(blackoutMs.low)} to ${duration(blackoutMs.high)})`
      : '',
    stuntimeMs === undefined ? '' : `stuntime ${duration(stuntimeMs)}`,
    `${percent(confidence)} sure`,
    evidence,
  ].filter(Boolean);
}

function newest({ events: [event], now }: View, width: number, height: number, glyphs: Glyphs): Line[] {
  if (!event) return [[span('  no event yet', 'dim')]];
  const time = moment(event.startedAt, now);
  const [first, ...rest] = describe(event);
  const head: Line = [
    span(`${glyphs.event} ${event.kind} `, KIND_STYLE[event.kind]),
    span(`${time} `, 'dim'),
    ...nameCell(event, Math.max(4, width - event.kind.length - time.length - 4), 'plain'),
  ];
  const details = wrap([first, ...rest].join(glyphs.separator), width - 2).slice(0, height - 1);
  return [head, ...details.map(text => [span(`  ${clip(text, width - 2)}`)])];
}
