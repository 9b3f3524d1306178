import { lightOf } from '../../core/event.js';
import type { Glyphs } from '../style/glyphs.js';
import { joinCells, span, type TextSpan } from '../style/spans.js';
import type { ScrubberMark } from '../view/replay.js';
import type { Panel } from './panel.js';

/** The whole recording in a line: the part played, the position, events, gaps and notes. */
export const scrubber: Panel = ({ replay, wall }, { width }, glyphs) => {
  if (!replay) return [];
  const [start, end] = [wall.moment(replay.startedAt), wall.moment(replay.endedAt)];
  const cells = Math.max(1, width - start.length - end.length - 4);
  const column = (share: number) => Math.min(cells - 1, Math.floor(share * cells));
  const head = column(replay.played);
  const line: TextSpan[] = Array.from({ length: cells }, (_, cell) =>
    cell < head ? span(glyphs.played, 'data') : span(glyphs.rule, 'dim'),
  );
  for (const mark of replay.marks)
    for (let cell = column(mark.from); cell <= column(mark.to); cell++) line[cell] = markSpan(mark, glyphs);
  line[head] = span(glyphs.head, 'strong');
  return [[span(` ${start} `, 'dim'), ...joinCells(line), span(` ${end} `, 'dim')]];
};

function markSpan(mark: ScrubberMark, glyphs: Glyphs): TextSpan {
  if (mark.what === 'event') return span(glyphs.event, lightOf(mark));
  return mark.what === 'gap' ? span(glyphs.gap) : span(glyphs[mark.what], 'notice');
}
