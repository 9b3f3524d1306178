import type { Light } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { wrap } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Glyphs } from '../style/glyphs.js';
import { span, type TextLine } from '../style/spans.js';
import type { ChosenView } from '../view/chosen.js';
import { type Panel, ruled } from './panel.js';

const LAMPS: readonly Light[] = ['red', 'amber', 'green'];
const LAMP_WIDTH = 7;
/** Lines kept for the reasons, which matter more than large lamps. */
const REASONS = 4;

/** The chosen target's traffic light: three lamps, one lit, with its word and its reason. */
export const light: Panel = ({ chosen, wall }, { width, height }, glyphs) => {
  if (!chosen) return [];
  const size = Math.max(1, Math.min(3, Math.floor((height - 1 - REASONS) / LAMPS.length)));
  const lamps = LAMPS.flatMap(lamp => lampOf(lamp, lamp === chosen.light, size, glyphs));
  const texts = reasons(chosen, wall, width - 2);
  return [ruled([span('light')], width, glyphs), ...lamps, ...texts.map(text => [span(` ${text}`, 'dim')])];
};

/** A lamp of one to three lines. */
function lampOf(lamp: Light, lit: boolean, size: number, { lamp: glyph, light }: Glyphs): TextLine[] {
  const full = glyph.lit.repeat(LAMP_WIDTH);
  const [top, side, bottom] = glyph.frame.map(([left, middle, right]: string | string[]) => {
    return left! + middle!.repeat(LAMP_WIDTH - 2) + right!;
  });
  const shapes = lit
    ? [full, full, full]
    : size === 1
      ? [side!]
      : [top!, ...(size === 3 ? [side!] : []), bottom!];
  const word = `  ${light[lamp]} ${lamp.toUpperCase()}`;
  return shapes
    .slice(0, size)
    .map((shape, row) => [
      span(`  ${shape}${lit && row === Math.floor((size - 1) / 2) ? word : ''}`, lit ? lamp : 'dim'),
    ]);
}

function reasons(
  { why, since, detectors, shortestSeenMs }: ChosenView,
  wall: TimeFormat,
  width: number,
): string[] {
  const alarms = detectors.filter(({ state }) => state === 'alarm');
  const learning = detectors.filter(({ state }) => state === 'learning');
  const texts = [
    since === undefined ? '' : `since ${wall.moment(since)}`,
    why,
    ...alarms.map(each => `${each.name}: ${each.why}`),
    learning.length > 0 ? `learning: ${learning.map(({ name }) => name).join(', ')}` : '',
    shortestSeenMs === undefined ? '' : `blackouts under ${duration(shortestSeenMs)} may go unseen`,
  ];
  return texts.flatMap(text => wrap(text, width));
}
