import { justify, type Line, span } from '../../spans.js';
import { elapsed, timeOfDay } from '../../units.js';
import { lightCounts, type Panel } from '../panel.js';

/** Who we are, how many targets show which light, and the time; says so when the picture stands still. */
export const title: Panel = ({ title, targets, controls, now }, { width }, glyphs) => {
  const left: Line = [span(' migwatch', 'strong'), span(` ${title.version}  `, 'dim')];
  left.push(...lightCounts(title.lights, glyphs));
  const { first, rows, all } = targets;
  if (rows.length > 0 && rows.length < all)
    left.push(span(`  ${first + 1}-${first + rows.length} of ${all} targets`, 'dim'));
  if (controls.frozenAt !== undefined)
    left.push(span('  '), span(` FROZEN at ${timeOfDay(controls.frozenAt)}, space goes on `, 'badge'));
  return [justify(left, [span(`${elapsed(title.runningMs)}  `, 'dim'), span(`${timeOfDay(now)} `)], width)];
};
