import type { Light } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import type { NamedTarget } from '../../core/format/target-name.js';
import { type Checklist, targetsOverBudget } from '../../core/maintenance/checklist.js';
import type { Glyphs } from '../style/glyphs.js';
import { type Style, span, type TextLine, type TextSpan } from '../style/spans.js';
import type { PaneView } from './view.js';

/** The progress of a maintenance and the number of targets per light: `maint 23/40 · 2 over budget · 1 unexpected`. */
export function countsLine({ checklist, lights }: PaneView, glyphs: Glyphs): TextLine {
  const counts = (['red', 'amber', 'green'] as const).flatMap(
    (light, index): TextLine => [span(index > 0 ? ' ' : ''), countSpan(light, lights[light], glyphs)],
  );
  if (!checklist) return counts;
  const parts = maintenanceSpans(checklist).flatMap((part, index): TextLine => {
    return index > 0 ? [span(glyphs.separator, 'dim'), part] : [part];
  });
  return [...parts, span('  '), ...counts];
}

function countSpan(light: Light, count: number, glyphs: Glyphs): TextSpan {
  return span(`${glyphs.light[light]} ${count}`, count > 0 ? light : 'dim');
}

/** Numbers of targets, without zeros. */
function maintenanceSpans(checklist: Checklist): TextSpan[] {
  const { moved, expected, moving, twice, unexpected, unreported = 0 } = checklist;
  const counted = (count: number, text: string, style: Style) =>
    count > 0 ? [span(`${count} ${text}`, style)] : [];
  return [
    span(`maint ${moved}/${expected}`, moved === expected && expected > 0 ? 'green' : 'strong'),
    ...counted(moving, 'moving', 'red'),
    ...counted(targetsOverBudget(checklist), 'over budget', 'amber'),
    ...counted(unexpected, 'unexpected', 'red'),
    ...counted(unreported, 'unreported', 'red'),
    ...counted(twice, 'twice', 'red'),
  ];
}

/** The worst target and its reason, or else the latest event. */
export function wordsLine({ worst, newest, wall, all }: PaneView, { separator }: Glyphs): TextLine {
  if (worst)
    return [
      span(`${all > 1 ? 'worst ' : ''}${marked(worst)}`, worst.light),
      span(worst.why && `${separator}${worst.why}`),
    ];
  if (!newest) return [span('no events yet', 'dim')];
  return [span(`last ${kindWord(newest)} of ${marked(newest)} at ${wall.moment(newest.startedAt)}`, 'dim')];
}

/** A name in running text. */
function marked({ name, simulated }: NamedTarget): string {
  return simulated ? `${name} SIM` : name;
}
