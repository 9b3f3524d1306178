import { UsageError } from '../../core/validation/usage-error.js';
import { endingNotes } from '../../recording/ending.js';
import { CHART_HEIGHT, chart, WIDTH } from './chart.js';
import { eventFigure } from './event-figure.js';
import { figureWords } from './event-words.js';
import { type FigureScales, scalesOf } from './figure-scales.js';
import { legend, subtitle } from './sections.js';
import { verdictSentence } from './sentence.js';
import type { EventPicture, Survey } from './survey.js';
import { escaped, FONT, label, MUTED, tag } from './svg.js';
import { timeOf } from './time-axis.js';

const GAP = 14;
const MARGIN = 24;
/** A column of a paper: 3.5 inches. Figures are drawn at this width in their own units, so that text has 7 pt there. */
const COLUMN = { inches: 3.5, units: 385 };

/** The pictures as one SVG: on white, with attributes that every program supports. */
export function svgPictures(survey: Survey): string {
  const scales = scalesOf(survey);
  const heads = [
    label(survey.title, 0, 22, { 'font-size': 19, 'font-weight': 600 }),
    ...linesOf(
      [verdictSentence(survey), subtitle(survey), ...endingNotes(survey.analysis.ending)].join(' '),
    ).map((line, row) => label(line.trim(), 0, 42 + 15 * row, MUTED)),
  ];
  const parts: string[] = [...heads];
  let y = 42 + 15 * heads.length;
  const put = (content: string, height: number) => {
    parts.push(at(0, y, content));
    y += height + GAP;
  };
  for (const picture of survey.targets) {
    const own = survey.events.filter(({ event }) => event.target === picture.summary.target);
    put(chart(picture, own, survey.span), CHART_HEIGHT);
    for (const event of own.filter(({ detail }) => detail)) {
      const { content, height } = eventFigure(event, scales, picture, WIDTH);
      const head = `${event.number} ${event.page.kind}: ${event.page.facts[0] ?? ''}`;
      put(label(head, 66, 10, { 'font-weight': 600 }) + at(0, 14, content), height + 14);
    }
  }
  const notes = survey.notes.map(({ at, text }) => (at === undefined ? text : `${timeOf(at, true)} ${text}`));
  for (const line of [...notes, legend(survey)].flatMap(linesOf)) {
    parts.push(label(line.trim(), 0, y + 8, { ...MUTED, 'font-size': 10 }));
    y += 14;
  }
  return document({
    ...{ width: WIDTH + 2 * MARGIN, height: y + 2 * MARGIN },
    ...{ title: `${survey.title}: migwatch`, words: verdictSentence(survey) },
    content: at(MARGIN, MARGIN, parts.join('\n')),
  });
}

/** One event for a column of a paper. Throws a UsageError if the event has no page. */
export function svgFigure(survey: Survey): string {
  const [picture] = survey.events.filter(({ detail }) => detail);
  if (!picture) throw new UsageError('this event is of a target that is not shown: add --target NAME');
  const scales: FigureScales = scalesOf({ events: [picture] });
  const target = survey.targets.find(({ summary }) => summary.target === picture.event.target)!;
  const { content, height } = eventFigure(picture, scales, target, COLUMN.units);
  return document({
    ...{ width: COLUMN.units, height, printed: `${COLUMN.inches}in` },
    ...{ title: titleOf(picture), words: figureWords(picture), content },
  });
}

function titleOf({ page, event }: EventPicture): string {
  return `${page.kind} of ${page.name}, ${timeOf(event.startedAt, true)} UTC`;
}

interface Document {
  width: number;
  height: number;
  /** The width on paper, if it is fixed. */
  printed?: string;
  title: string;
  /** What is seen. */
  words: string;
  content: string;
}

function document({ width, height, printed, title, words, content }: Document): string {
  const size = printed === undefined ? { width, height } : { width: printed };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${tag(
    'svg',
    {
      ...{ xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox: `0 0 ${width} ${height}` },
      ...{ role: 'img', 'aria-labelledby': 'title desc', ...FONT },
    },
    [
      tag('title', { id: 'title' }, escaped(title)),
      tag('desc', { id: 'desc' }, escaped(words)),
      tag('rect', { width, height, fill: '#fff' }),
      content,
    ].join('\n'),
  )}\n`;
}

/** A text in lines that fit the width. */
function linesOf(text: string): readonly string[] {
  return text.match(/.{1,150}(?: |$)|.{1,150}/g) ?? [];
}

function at(x: number, y: number, content: string): string {
  return tag('g', { transform: `translate(${x} ${y})` }, content);
}
