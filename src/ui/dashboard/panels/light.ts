import type { Light } from '../../../core/event.js';
import type { Glyphs } from '../../glyphs.js';
import { type Line, span } from '../../spans.js';
import { wrap } from '../../text.js';
import { elapsed } from '../../units.js';
import type { ChosenView } from '../../view.js';
import { type Panel, ruled } from '../panel.js';

const LAMPS: readonly Light[] = ['red', 'amber', 'green'];
const LAMP_WIDTH = 7;
/** A lamp of three lines each, and a line of reasons at least. */
const TALL = 11;

/** The chosen target's traffic light: three lamps of which one is lit, its word, and why. */
export const light: Panel = ({ chosen, now }, { width, height }, glyphs) => {
  if (!chosen) return [];
  const lamps = LAMPS.flatMap(lamp =>
    (height >= TALL + 1 ? tallLamp : flatLamp)(lamp, lamp === chosen.light, glyphs),
  );
  const lines = [ruled([span('light')], width, glyphs), ...lamps];
  const room = height - lines.length;
  return [
    ...lines,
    ...reasons(chosen, now, width - 2)
      .slice(0, room)
      .map(text => [span(` ${text}`, 'dim')]),
  ];
};

function tallLamp(lamp: Light, lit: boolean, { lamp: glyph, light }: Glyphs): Line[] {
  if (lit) {
    const bright = span(`  ${glyph.lit.repeat(LAMP_WIDTH)}`, lamp);
    return [[bright], [bright, span(`  ${light[lamp]} ${lamp.toUpperCase()}`, lamp)], [bright]];
  }
  return glyph.frame.map(([left, middle, right]: string | string[]) => [
    span(`  ${left}${middle!.repeat(LAMP_WIDTH - 2)}${right}`, 'dim'),
  ]);
}

function flatLamp(lamp: Light, lit: boolean, { lamp: glyph, light }: Glyphs): Line[] {
  if (lit) return [[span(`  ${glyph.lit.repeat(LAMP_WIDTH)}  ${light[lamp]} ${lamp.toUpperCase()}`, lamp)]];
  const [left, , right] = [...glyph.frame[1]];
  return [[span(`  ${left}${' '.repeat(LAMP_WIDTH - 2)}${right}`, 'dim')]];
}

function reasons({ why, since, detectors }: ChosenView, now: number, width: number): string[] {
  const alarms = detectors.filter(({ state }) => state === 'alarm');
  const learning = detectors.filter(({ state }) => state === 'learning');
  const texts = [
    since === undefined ? '' : `for ${elapsed(now - since)}`,
    why,
    ...alarms.map(each => `${each.name}: ${each.why}`),
    learning.length > 0 ? `learning: ${learning.map(({ name }) => name).join(', ')}` : '',
  ];
  return texts.flatMap(text => wrap(text, width));
}
