import { endingNotes } from '../../recording/ending.js';
import { CHART_HEIGHT, chart, WIDTH } from './chart.js';
import { CLOSEUP_HEIGHT, CLOSEUP_WIDTH, closeup } from './closeup.js';
import { footnote, leftOut, numberEvents, subtitle } from './page.js';
import type { Survey } from './survey.js';
import { FONT, label, MUTED, tag } from './svg.js';
import { timeOf } from './time-axis.js';

const HEAD = 64;
const A_ROW = 3;
const GAP = 14;

/** The picture as one SVG for a paper: on white, with attributes that every program supports. */
export function svgFigure(survey: Survey, title: string): string {
  const numbers = numberEvents(survey);
  const parts = [
    label(title, 0, 22, { 'font-size': 19, 'font-weight': 600 }),
    label([subtitle(survey), ...endingNotes(survey.ending), ...leftOut(survey)].join('. '), 0, 42, MUTED),
  ];
  let y = HEAD;
  survey.targets.forEach((picture, index) => {
    parts.push(at(0, y, chart(picture, survey.span, numbers[index]!)));
    y += CHART_HEIGHT + GAP;
    const { closeups } = picture.columns;
    closeups.forEach((each, place) => {
      const x = (place % A_ROW) * (CLOSEUP_WIDTH + GAP);
      parts.push(
        at(x, y + Math.floor(place / A_ROW) * CLOSEUP_HEIGHT, closeup(each, numbers[index]! + place)),
      );
    });
    y += Math.ceil(closeups.length / A_ROW) * CLOSEUP_HEIGHT + GAP;
  });
  const notes = survey.notes.map(({ at, text }) => (at === undefined ? text : `${timeOf(at, true)} ${text}`));
  for (const line of [...notes, footnote(survey)].flatMap(linesOf)) {
    parts.push(label(line.trim(), 0, y + 8, { ...MUTED, 'font-size': 10 }));
    y += 14;
  }
  const margin = 24;
  const [width, height] = [WIDTH + 2 * margin, y + 2 * margin];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}` },
      ...{ role: 'img', 'aria-label': title, ...FONT },
    },
    tag('rect', { width, height, fill: '#fff' }) + at(margin, margin, parts.join('\n')),
  )}\n`;
}

/** A text in lines that fit the width. */
function linesOf(text: string): readonly string[] {
  return text.match(/.{1,150}(?: |$)|.{1,150}/g) ?? [];
}

function at(x: number, y: number, content: string): string {
  return tag('g', { transform: `translate(${x} ${y})` }, content);
}
