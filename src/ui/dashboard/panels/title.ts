import type { Light } from '../../../core/event.js';
import { justify, type Line, span } from '../../spans.js';
import { elapsed, timeOfDay } from '../../units.js';
import type { Panel } from '../panel.js';

const WORST_FIRST: readonly Light[] = ['red', 'amber', 'green'];

/** Who we are, how many targets show which light, and the time; says so when the picture stands still. */
export const title: Panel = ({ title, controls, now }, { width }, glyphs) => {
  const left: Line = [span(' migwatch', 'strong'), span(` ${title.version}  `, 'dim')];
  for (const light of WORST_FIRST)
    if (title.lights[light] > 0) left.push(span(` ${glyphs.light[light]} ${title.lights[light]} `, light));
  if (controls.frozenAt !== undefined)
    left.push(span('  '), span(` FROZEN at ${timeOfDay(controls.frozenAt)}, space goes on `, 'badge'));
  return [justify(left, [span(`${elapsed(title.runningMs)}  `, 'dim'), span(`${timeOfDay(now)} `)], width)];
};
