import type { Light } from '../../core/event.js';
import { type NamedTarget, SIMULATED } from '../../core/format/target-name.js';
import { padEnd } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Millis } from '../../core/sample.js';
import type { Glyphs } from '../style/glyphs.js';
import { lineWidth, linked, type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { View } from '../view/view.js';
import type { Rectangle } from './layout.js';

/** Draws one part of the view into a box: at most `box.height` lines, of which each is clipped to the box. */
export type Panel = (view: View, box: Rectangle, glyphs: Glyphs) => TextLine[];

/** A heading in a thin rule across the box. */
export function ruled(heading: TextLine, width: number, glyphs: Glyphs): TextLine {
  const used = lineWidth(heading) + 4;
  return [
    span(`${glyphs.rule}${glyphs.rule} `, 'dim'),
    ...heading,
    span(` ${glyphs.rule.repeat(Math.max(0, width - used))}`, 'dim'),
  ];
}

/** A light as a shape and a word; either identifies it. */
export function lightSpan(light: Light, glyphs: Glyphs): TextSpan {
  return span(`${glyphs.light[light]} ${light.toUpperCase()}`, light);
}

/** The number of targets per light, worst first. */
export function lightCounts(counts: Record<Light, number>, glyphs: Glyphs): TextLine {
  return (['red', 'amber', 'green'] as const)
    .filter(light => counts[light] > 0)
    .map(light => span(` ${glyphs.light[light]} ${counts[light]} `, light));
}

/** The number of red events that the user has not looked at; a click shows the newest event. */
export function unseenBadge({ unseen }: View): TextLine {
  return unseen > 0 ? linked([span(` ${unseen} unseen `, 'red')], { action: 'event' }) : [];
}

/** A badge if the screen is not live. */
export function modeBadge({ controls, replay }: View): TextLine {
  if (replay) {
    const { speed, paused, reading } = replay;
    return [span(` ${['REPLAY', speed, paused && 'paused', reading].filter(Boolean).join(' ')} `, 'badge')];
  }
  return controls.frozenAt === undefined ? [] : [span(' FROZEN ', 'badge')];
}

/** A name in `width` cells; the mark of a simulated target stays even if its name is clipped. */
export function nameCell({ name, simulated }: NamedTarget, width: number, style: Style): TextLine {
  if (!simulated) return [span(padEnd(name, width), style)];
  const mark = width >= SIMULATED.length + 4 ? ` ${SIMULATED}` : ' SIM';
  const room = Math.max(1, width - mark.length);
  const shown = padEnd(name, room).trimEnd();
  return [span(shown, style), span(padEnd(mark, width - lineWidth([span(shown)])), 'notice')];
}

/** The cells of a column with the exact times of these events, and a space. */
export function timeWidth(events: readonly { startedAt: Millis }[], wall: TimeFormat): number {
  return Math.max(13, ...events.map(({ startedAt }) => wall.exact(startedAt).length + 1));
}
