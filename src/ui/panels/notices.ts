import { wrap } from '../../core/format/text.js';
import { labelOf } from '../keys/keys.js';
import { span, type TextLine } from '../style/spans.js';
import type { Panel } from './panel.js';

const MARK = ' ! ';

/** The notices, newest last, each in all its lines as far as they fit. */
export const notices: Panel = ({ status }, { width, height }) => {
  const lines = noticeLines(status.notices, width);
  const shown = lines.slice(-height).map((text): TextLine => [span(text, 'notice')]);
  const last = shown.at(-1);
  const hint = `  ${labelOf('dismiss')} dismisses`;
  if (last && lines.at(-1)!.length + hint.length <= width) last.push(span(hint, 'dim'));
  return shown;
};

/** Notices broken into lines of so many cells. */
export function noticeLines(notices: readonly string[], width: number): string[] {
  return notices.flatMap(text =>
    wrap(text, Math.max(1, width - MARK.length)).map(
      (line, row) => `${row === 0 ? MARK : ' '.repeat(MARK.length)}${line}`,
    ),
  );
}
