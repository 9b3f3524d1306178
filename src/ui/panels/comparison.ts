import { lightOf } from '../../core/event.js';
import { kindWord } from '../../core/format/kind.js';
import { padEnd } from '../../core/format/text.js';
import { fit, span, type TextLine } from '../style/spans.js';
import type { ComparisonRow, EventWords } from '../view/replay.js';
import { nameCell, type Panel, ruled } from './panel.js';

const TIME_WIDTH = 13;
const MARGIN = 4;

/** Recorded events beside those judged now, newest first, with a mark where they differ. */
export const comparison: Panel = ({ comparison, replay, wall }, { width }, glyphs) => {
  const nameWidth = Math.max(10, Math.min(30, Math.floor(width / 5)));
  const column = Math.max(10, Math.floor((width - TIME_WIDTH - nameWidth - MARGIN) / 2));
  const row = (event: ComparisonRow): TextLine => [
    span(event.agrees ? '  ' : `${glyphs.differs} `, 'notice'),
    span(padEnd(wall.moment(event.startedAt), TIME_WIDTH), 'dim'),
    ...nameCell(event, nameWidth, 'plain'),
    span('  '),
    ...fit(wordsOf(event.recorded), column),
    ...fit(wordsOf(event.judged), column),
  ];
  const heading =
    replay && `events, newest first: ${replay.differing} of ${replay.events} judged differently now`;
  const columns = `${' '.repeat(TIME_WIDTH + nameWidth + MARGIN)}${padEnd('recorded', column)}judged now`;
  return [ruled([span(heading ?? '')], width, glyphs), [span(columns, 'dim')], ...comparison.map(row)];
};

function wordsOf(event: EventWords | undefined): TextLine {
  if (!event) return [span('-', 'dim')];
  return [span(kindWord(event), lightOf(event)), span(` ${event.length}`)];
}
