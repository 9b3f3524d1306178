import { wrap } from '../../core/format/text.js';
import { span, type TextLine } from '../style/spans.js';
import type { Panel } from './panel.js';

const MARGIN = 2;

/** The latest notes, newest at the bottom: the newest in full, older ones as far as they fit. */
export const narration: Panel = ({ narration: notes, wall }, { width, height }) => {
  const lines = notes.flatMap(({ at, text }, index): TextLine[] => {
    const time = wall.moment(at);
    const newest = index === notes.length - 1;
    return wrap(text, Math.max(1, width - time.length - 2 * MARGIN)).map((part, row) => [
      span(' '.repeat(MARGIN)),
      span(row === 0 ? time : ' '.repeat(time.length), 'dim'),
      span(' '.repeat(MARGIN)),
      span(part, newest ? 'strong' : 'plain'),
    ]);
  });
  const shown = lines.slice(-height);
  return [...Array.from({ length: height - shown.length }, (): TextLine => []), ...shown];
};
