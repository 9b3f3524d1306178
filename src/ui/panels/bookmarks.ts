import { printable } from '../../core/format/text.js';
import { labelOf } from '../keys/keys.js';
import { fit, span, type TextLine } from '../style/spans.js';
import { type Panel, ruled } from './panel.js';

/** The bookmarks of a recording with their numbers, around the one that was passed last. */
export const bookmarks: Panel = ({ replay, wall, now }, { width, height }, glyphs) => {
  const all = replay?.bookmarks ?? [];
  const passed = all.findLastIndex(({ at }) => at <= now);
  const rows = Math.max(1, height - 1);
  const first = Math.max(0, Math.min(all.length - rows, passed - Math.floor(rows / 2)));
  const lines = all.slice(first, first + rows).map(({ at, text }, index): TextLine => {
    const number = first + index;
    return [
      span(number === passed ? `${glyphs.chosen} ` : '  ', 'strong'),
      span(`${number + 1}`.padStart(3)),
      span(`  ${wall.day(at)} ${wall.precise(at)}  `, 'dim'),
      span(printable(text)),
    ];
  });
  const none = [span(`  no bookmarks yet: ${labelOf('bookmark')} sets one`, 'dim')];
  return [
    ruled([span('bookmarks')], width, glyphs),
    ...(lines.length > 0 ? lines : [none]).map(line => fit(line, width)),
  ];
};
