import { elapsed } from '../../core/format/duration.js';
import { quoted } from '../../core/format/text.js';
import { justify, lineWidth, span, type TextLine } from '../style/spans.js';
import type { View } from '../view/view.js';
import { lightCounts, modeBadge, type Panel, unseenBadge } from './panel.js';

/** Name and version, the number of targets per light, and the time; a badge if the screen is not live. */
export const title: Panel = (view, { width }, glyphs) => {
  const { title, controls, replay } = view;
  const left: TextLine = [span(' migwatch', 'strong'), span(` ${title.version}  `, 'dim')];
  left.push(...lightCounts(title.lights, glyphs));
  if (title.moving > 0) left.push(span(`  ${title.moving} moving`, 'amber'));
  left.push(...unseenBadge(view));
  const badges: TextLine = [];
  if (controls.frozenAt !== undefined)
    badges.push(span('  '), span(` FROZEN at ${view.wall.time(controls.frozenAt)}, space resumes `, 'badge'));
  if (replay) badges.push(span('  '), ...modeBadge(view));
  // The badge has priority over the part of the list that is visible.
  const list = listOf(view);
  const fits = lineWidth([...left, ...list, ...badges]) <= width;
  return [justify([...left, ...(fits ? list : []), ...badges], timeOf(view), width)];
};

/** The number of targets that match the filter, and the visible part of a list that does not fit. */
function listOf({ targets: { first, rows, listed, matching, all }, controls }: View): TextLine {
  const { filter, grouped } = controls.listing;
  const part = `${first + 1}-${first + rows.length}`;
  const paged = rows.length > 0 && rows.length < listed;
  const matched = span(`  ${matching} of ${all} match ${quoted(filter)}`, 'notice');
  if (filter !== '') return paged ? [matched, span(`  rows ${part} of ${listed}`, 'dim')] : [matched];
  return paged ? [span(`  ${part} of ${listed} ${grouped ? 'rows' : 'targets'}`, 'dim')] : [];
}

function timeOf({ title, now, replay, wall }: View): TextLine {
  const zone = span(wall.zone === 'utc' ? 'UTC ' : '', 'dim');
  if (replay) return [span(`${wall.day(now)} `, 'dim'), span(`${wall.precise(now)} `), zone];
  return [span(`${elapsed(title.runningMs)}  `, 'dim'), span(`${wall.time(now)} `), zone];
}
