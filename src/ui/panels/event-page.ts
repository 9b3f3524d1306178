import { lightOf } from '../../core/event.js';
import { SIMULATED } from '../../core/format/target-name.js';
import { padEnd, widthOf, wrap } from '../../core/format/text.js';
import type { TimeFormat } from '../../core/format/time-of-day.js';
import type { Glyphs } from '../style/glyphs.js';
import { justify, lineWidth, span, type TextLine } from '../style/spans.js';
import type { EventPageView, EvidenceLine } from '../view/event-page.js';
import { axisLines } from './event-axis.js';
import { type Panel, ruled } from './panel.js';

const LABEL = 12;
const NOTHING: readonly TextLine[] = [[span('  nothing', 'dim')]];
/** Rivals beyond the commonest are rare causes. */
const MAX_RIVALS = 5;

/** The page of an event over the whole screen, in pages if it is higher. */
export const eventPage: Panel = ({ page, controls, wall }, { width, height }, glyphs) => {
  if (!page) return [];
  const lines = pageLines(page, wall, width, glyphs);
  if (lines.length <= height) return lines;
  const [head = [], ...rest] = lines;
  const pages = Math.ceil(rest.length / (height - 1));
  const turn = (((controls.page ?? 0) % pages) + pages) % pages;
  const places = [`page ${turn + 1} of ${pages}, up and down to turn `, `${turn + 1}/${pages} up down `, ''];
  const place = places.find(text => lineWidth(head) + text.length < width) ?? '';
  return [
    justify(head, [span(place, 'dim')], width),
    ...rest.slice(turn * (height - 1), (turn + 1) * (height - 1)),
  ];
};

/** The page of an event as lines of so many cells. */
export function pageLines(page: EventPageView, wall: TimeFormat, width: number, glyphs: Glyphs): TextLine[] {
  const section = (title: string, lines: readonly TextLine[]) => [
    ruled([span(title, 'strong')], width, glyphs),
    ...lines,
  ];
  const rivals = page.rivals.slice(0, MAX_RIVALS).map(({ cause, asks, answer }) => ({
    witness: cause.kind === 'unclear' ? cause.name : cause.kind,
    text: `${asks} ${answer[0]!.toUpperCase()}${answer.slice(1)}.`,
  }));
  return [
    headLine(page, wall, glyphs),
    ...inRow(page.steps, ` ${glyphs.arrow} `, width),
    ...inRow(page.facts, glyphs.separator, width),
    ...section(
      `round trips, losses, clock and announcements; 0 is ${wall.precise(page.startedAt)}`,
      axisLines(page, width, glyphs),
    ),
    ...section(`verdict: ${page.why}`, listed(page.evidence, width)),
    ...section('against it', page.against.length > 0 ? listed(page.against, width) : NOTHING),
    ...section('answers that would have pointed to another cause', listed(rivals, width)),
    [span(` rule ${page.rule}${glyphs.separator}id ${page.id}`, 'dim')],
  ];
}

function headLine(page: EventPageView, wall: TimeFormat, glyphs: Glyphs): TextLine {
  const zone = wall.zone === 'utc' ? ' UTC' : '';
  return [
    span(` ${glyphs.event} #${page.id.replace(/^e/, '')} ${page.kind} `, lightOf(page)),
    span(`of ${page.name}`, 'strong'),
    span(page.simulated ? ` ${SIMULATED}` : '', 'notice'),
    span(page.address && ` (${page.address})`),
    span(`, ${wall.day(page.startedAt)} ${wall.precise(page.startedAt)}${zone} `, 'dim'),
  ];
}

/** Facts in a row, broken only between facts, so that a figure keeps its unit. */
function inRow(facts: readonly string[], separator: string, width: number): TextLine[] {
  const rows: string[] = [];
  for (const fact of facts) {
    const joined = `${rows.at(-1)}${separator}${fact}`;
    if (rows.length > 0 && widthOf(joined) <= width - 2) rows[rows.length - 1] = joined;
    else rows.push(`${rows.length > 0 ? separator.trimStart() : ''}${fact}`);
  }
  return rows.map(row => [span(` ${row}`)]);
}

/** Texts beside their labels, in all lines that they need. */
function listed(lines: readonly EvidenceLine[], width: number): TextLine[] {
  return lines.flatMap(({ witness, text }) =>
    wrap(text, Math.max(1, width - LABEL - 3)).map(
      (line, row): TextLine => [span(`  ${padEnd(row === 0 ? witness : '', LABEL)}`, 'dim'), span(line)],
    ),
  );
}
