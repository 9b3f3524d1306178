import { timeFormatOf } from '../../core/format/time-of-day.js';
import { UNICODE } from '../style/glyphs.js';
import type { EventPageView } from '../view/event-page.js';
import { pageLines } from './event-page.js';
import { graphCells } from './graph.js';

const WIDTH = 100;

/** The axis of a page as text. */
export const PAGE_SIZE = {
  cells: graphCells({ top: 0, left: 0, width: WIDTH, height: 0 }),
  across: UNICODE.canvas.across,
};

/** The page of an event as text of 100 columns, with times in UTC: the same live, from a replay and from `analyze`. */
export function pageText(page: EventPageView): string {
  const wall = timeFormatOf('utc', page.startedAt);
  return pageLines(page, wall, WIDTH, UNICODE)
    .map(
      line =>
        `${line
          .map(({ text }) => text)
          .join('')
          .trimEnd()}\n`,
    )
    .join('');
}
