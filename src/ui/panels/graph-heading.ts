import { limitOf } from '../../core/capabilities.js';
import { duration, wholeDuration } from '../../core/format/duration.js';
import { SIMULATED } from '../../core/format/target-name.js';
import { clip, widthOf } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import { scalingName } from '../graph/scaling.js';
import { TIME_SPANS } from '../graph/window.js';
import type { Glyphs } from '../style/glyphs.js';
import { lineWidth, span, type TextLine } from '../style/spans.js';
import type { View } from '../view/view.js';
import type { Rectangle } from './layout.js';
import { ruled } from './panel.js';

/** The width from which the witnesses' names fit. */
const WIDE = 72;
/** A name shorter than this is never clipped to fit other facts. */
const MIN_NAME = 12;
/** The width of the rule before and after. */
const EDGES = 5;

/** The heading of the graph; `higher` is the highest RTT if it lies above the graph. */
export function headingOf(
  view: View,
  { width }: Rectangle,
  higher: Millis | undefined,
  glyphs: Glyphs,
): TextLine {
  const { chosen, controls, graph } = view;
  if (!chosen) return ruled([span('no target')], width, glyphs);
  const frozen = controls.frozenAt === undefined ? [] : [span(' FROZEN', 'badge')];
  const mark = chosen.simulated ? ` ${SIMULATED}` : '';
  const facts = [
    timeShown(view),
    graph.stepMs > 0 ? `in steps of ${wholeDuration(graph.stepMs)}` : '',
    higher === undefined ? '' : `${glyphs.beyond} ${duration(higher)}`,
    scalingName(controls.scaling),
  ].filter(Boolean);
  const named = Math.min(MIN_NAME, widthOf(chosen.name)) + widthOf(mark) + lineWidth(frozen);
  const shown = glyphs.separator + fitting(facts, width - named - EDGES - glyphs.separator.length, glyphs);
  const where = chosen.simulated || ['-', chosen.name].includes(chosen.address) ? '' : ` (${chosen.address})`;
  const seen =
    chosen.simulated || chosen.witnesses.length === 0
      ? ''
      : `${glyphs.separator}${witnessesOf(chosen.witnesses)}`;
  const whole = widthOf(chosen.name + mark + shown + seen) + 8;
  const rest = width >= Math.max(WIDE, whole) ? shown + seen : shown;
  const name = clip(chosen.name, Math.max(6, width - widthOf(mark + rest) - lineWidth(frozen) - EDGES));
  const address = width > widthOf(name + where + mark + rest) + 10 ? where : '';
  return ruled(
    [
      span(name, 'strong'),
      span(address, 'dim'),
      span(mark, 'notice'),
      span(rest, graph.range ? 'plain' : 'dim'),
      ...frozen,
    ],
    width,
    glyphs,
  );
}

/** The facts that fit as a whole: half a fact is worse than none. */
function fitting([first = '', ...others]: readonly string[], width: number, { separator }: Glyphs): string {
  return others.reduce((joined, fact) => {
    const more = joined + separator + fact;
    return widthOf(more) <= width ? more : joined;
  }, first);
}

/** The window, and the key that returns to the present. */
function timeShown({ controls, events, wall, graph }: View): string {
  const length = wholeDuration(TIME_SPANS[controls.span]!);
  if (controls.cursor || controls.end !== undefined)
    return `${length} to ${wall.moment(graph.to)}, 0 for now`;
  const shown = events.find(event => event.shown);
  return shown ? `${length} around ${wall.moment(shown.startedAt)}, Esc for now` : `RTT, last ${length}`;
}

/** The target's witnesses, and what can't be reported without the missing ones. */
function witnessesOf(witnesses: readonly string[]): string {
  const limit = limitOf(witnesses);
  return `${witnesses.join(', ')}${limit && `; ${limit}`}`;
}
