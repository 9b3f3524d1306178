import { wrap } from '../../core/format/text.js';
import { span, type TextLine } from '../style/spans.js';
import type { Panel } from './panel.js';

const MARGIN = 3;

/** The captions of the tour, newest at the bottom and emphasized, as far as they fit. */
export const tour: Panel = ({ tour }, { width, height }, glyphs) => {
  const texts = tour?.captions ?? [];
  const lines = texts.flatMap((text, index): TextLine[] => {
    const isNewest = index === texts.length - 1;
    return wrap(text, Math.max(1, width - MARGIN)).map((part, row) => [
      span(isNewest && row === 0 ? ` ${glyphs.chosen} ` : ' '.repeat(MARGIN), 'notice'),
      span(part, isNewest ? 'strong' : 'dim'),
    ]);
  });
  return lines.slice(-height);
};
