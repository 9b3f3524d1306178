import { duration } from '../../core/format/duration.js';
import { SIMULATED } from '../../core/format/target-name.js';
import { lossShare } from '../../core/format/units.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, span, type TextLine } from '../style/spans.js';
import type { GroupRow } from '../view/group.js';
import { lightCounts, lightSpan } from './panel.js';
import { ALL_COLUMNS, MARK_AND_LIGHT } from './targets-columns.js';

/** A group in a line. A folded group shows the worst light of its members. */
export function groupLine(group: GroupRow, width: number, glyphs: Glyphs): TextLine {
  const { folded, chosen, title, size, lights, worstMs, lost, sent } = group;
  const light = folded ? [lightSpan(group.light, glyphs)] : [];
  const start: TextLine = [
    span(chosen ? `${glyphs.chosen} ` : '  ', 'strong'),
    ...fit(light, MARK_AND_LIGHT - 2),
    span(`${glyphs.fold[folded ? 1 : 0]} ${title} `, 'strong'),
    span(`(${size}) `, 'dim'),
    ...(group.simulated ? [span(`${width < ALL_COLUMNS ? 'SIM' : SIMULATED} `, 'notice')] : []),
    ...lightCounts(lights, glyphs),
  ];
  if (width < ALL_COLUMNS) return start;
  const worst = worstMs === undefined ? [] : [`worst ${duration(worstMs)}`];
  const figures = [...worst, `loss ${lossShare(lost, sent)}`].join(glyphs.separator);
  return [...start, span(` ${figures}`, 'dim')];
}
