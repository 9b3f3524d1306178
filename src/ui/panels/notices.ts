import { clip, widthOf, wrap } from '../../core/format/text.js';
import { labelOf } from '../keys/keys.js';
import { span, type TextLine } from '../style/spans.js';
import type { Panel } from './panel.js';

const MARK = ' ! ';

/** The notices, newest last, in all their lines as far as they fit: the newest first, and each from its beginning. */
export const notices: Panel = ({ status }, { width, height }) => {
  const lines = fitting(status.notices, width, height);
  const shown = lines.map((text): TextLine => [span(text, 'notice')]);
  const hint = `  ${labelOf('dismiss')} dismisses`;
  if (lines.length > 0 && widthOf(lines.at(-1)!) + hint.length <= width)
    shown.at(-1)!.push(span(hint, 'dim'));
  return shown;
};

function fitting(texts: readonly string[], width: number, height: number): string[] {
  let lines: string[] = [];
  for (const text of texts.toReversed()) {
    const room = height - lines.length;
    if (room === 0) break;
    const all = noticeLines([text], width);
    const cut =
      all.length <= room
        ? all
        : [...all.slice(0, room - 1), clip(`${all[room - 1]} ${all[room]!.trimStart()}`, width)];
    lines = [...cut, ...lines];
  }
  return lines;
}

/** Notices broken into lines of so many cells. */
export function noticeLines(notices: readonly string[], width: number): string[] {
  return notices.flatMap(text =>
    wrap(text, Math.max(1, width - MARK.length)).map(
      (line, row) => `${row === 0 ? MARK : ' '.repeat(MARK.length)}${line}`,
    ),
  );
}
