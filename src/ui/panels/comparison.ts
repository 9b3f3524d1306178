import { lightOf } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import { padEnd } from '../../core/format/text.js';
import { percent } from '../../core/format/units.js';
import { fit, span, type TextLine } from '../style/spans.js';
import type { ComparisonRow, EventWords } from '../view/replay.js';
import { nameCell, type Panel, ruled, timeWidth } from './panel.js';

const MARGIN = 4;

/**
 * The events of the whole recording, as recorded and as judged now, newest first, with a mark where they differ. The times of
 * those that the replay has not reached are dim.
 */
export const comparison: Panel = ({ comparison, replay, wall }, { width }, glyphs) => {
  const nameWidth = Math.max(10, Math.min(30, Math.floor(width / 5)));
  const times = timeWidth(comparison, wall);
  const room = Math.max(20, width - times - nameWidth - MARGIN);
  // The events of an imported log were never shown, so none is recorded.
  const recorded = comparison.some(event => event.recorded) ? Math.floor(room / 2) : 10;
  const row = (event: ComparisonRow): TextLine => [
    span(event.agrees ? '  ' : `${glyphs.differs} `, 'notice'),
    span(padEnd(wall.exact(event.startedAt), times), event.ahead ? 'dim' : 'plain'),
    ...nameCell(event, nameWidth, 'plain'),
    span('  '),
    ...fit(wordsOf(event.recorded), recorded - 1),
    span(' '),
    ...fit(wordsOf(event.judged), room - recorded),
  ];
  const heading =
    replay && `events, newest first: ${replay.differing} of ${replay.events} judged differently now`;
  const columns = `${' '.repeat(times + nameWidth + MARGIN)}${padEnd('recorded', recorded)}judged now`;
  return [ruled([span(heading ?? '')], width, glyphs), [span(columns, 'dim')], ...comparison.map(row)];
};

function wordsOf(event: EventWords | undefined): TextLine {
  if (!event) return [span('-', 'dim')];
  const { length, confidence, why } = event;
  return [
    span(kindWord(event), lightOf(event)),
    span([` ${length}`.trimEnd(), percent(confidence), why].filter(Boolean).join(' ').padStart(1)),
  ];
}
