import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { Survey } from '../../output/report/survey.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { FlagValues } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { SURVEY_FLAGS, surveyed } from './surveying.js';

export const report: Command = {
  name: 'report',
  summary: 'draw a recording as a page to print, or as SVG: the verdict, tables, and a figure for each event',
  usage: 'RECORDING',
  flags: ['svg', 'event', 'figure', ...SURVEY_FLAGS],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length !== 1)
    throw new UsageError('report takes one RECORDING, such as migwatch report night.jsonl');
  const event = eventOf(flags);
  const [{ openDestination }, draw] = await Promise.all([
    import('../../output/destination.js'),
    drawing(flags),
  ]);
  const found = await surveyed(words[0]!, flags, io, () => (event === undefined ? {} : { event }));
  const file = flags.output as string | undefined;
  const content = await asUsage(() => draw(found));
  const out = await asUsage(() => openDestination(file, flags.force === true));
  await out.fill(write => write(content));
  if (file !== undefined) io.say(`written to ${file}`);
  return CODES.done;
}

/** The only event that is drawn in detail. Throws a UsageError for flags that contradict each other. */
function eventOf({ event, figure, svg }: FlagValues): string | undefined {
  if (figure === undefined) return event as string | undefined;
  if (event !== undefined)
    throw new UsageError('--figure names the event: leave out --event, which chooses the page of an event');
  if (!svg) throw new UsageError('--figure draws an SVG for a paper: add --svg');
  return figure as string;
}

async function drawing({ svg, figure, event }: FlagValues): Promise<(found: Survey) => string> {
  if (svg) {
    const { svgFigure, svgPictures } = await import('../../output/report/svg-document.js');
    return figure === undefined ? svgPictures : svgFigure;
  }
  const { eventOnlyPage, page } = await import('../../output/report/page.js');
  return event === undefined ? page : eventOnlyPage;
}
