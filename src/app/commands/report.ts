import { basename } from 'node:path';
import { printable } from '../../core/format/text.js';
import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { CONTEXT_FLAGS, contextOf, contextWithin, sayOffset } from './context.js';

export const report: Command = {
  name: 'report',
  summary: 'draw a recording as a self-contained HTML page or SVG picture',
  usage: 'RECORDING',
  flags: ['svg', 'output', 'force', 'detector', 'as-recorded', 'dir', ...CONTEXT_FLAGS],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length !== 1)
    throw new UsageError('report takes one RECORDING, such as migwatch report night.jsonl');
  const [{ about, locateRecording }, { openDocument }, { Progress }, { loadDetectors }] = await Promise.all([
    import('../../recording/locate.js'),
    import('../../output/destination.js'),
    import('../../output/progress.js'),
    import('../../plan/load-detectors.js'),
  ]);
  const [{ survey }, { PLOT }, { page }, { svgFigure }, { readHeader }, { judgingSet }, { LaterNotes }] =
    await Promise.all([
      import('../../output/report/survey.js'),
      import('../../output/report/chart.js'),
      import('../../output/report/page.js'),
      import('../../output/report/figure.js'),
      import('../../recording/header.js'),
      import('../../evaluation/recorded-detectors.js'),
      import('../../recording/later-notes.js'),
    ]);
  const path = await asUsage(() => locateRecording(words[0]!, flags.dir as string | undefined));
  const title = basename(path).replace(/\.jsonl$/, '');
  const texts = (flags.detector as string[] | undefined) ?? [];
  const chosen = texts.length > 0 ? await asUsage(() => loadDetectors(texts)) : undefined;
  const { plan } = await asUsage(() => about(path, () => readHeader(path)));
  const request = { named: chosen, asRecorded: flags['as-recorded'] === true };
  const judging = judgingSet(plan.detectors, request, io.say);
  const later = await new LaterNotes(path, flags.dir as string | undefined).all();
  const context = await asUsage(() => contextOf(flags, io.say));
  const file = flags.output as string | undefined;
  const example = printable(`${title}.${flags.svg ? 'svg' : 'html'}`);
  const progress = new Progress('reading');
  const found = await asUsage(() =>
    about(path, () => survey(path, judging, later, PLOT, share => progress.show(share))),
  );
  progress.end();
  const [startedAt, endedAt] = [found.span.from, found.span.to];
  const own = await contextWithin(context, { startedAt, endedAt }, io.say);
  sayOffset(
    context,
    found.targets.flatMap(({ events }) => events),
    io.say,
  );
  const notes = [...found.notes, ...own].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const shown = { ...found, notes };
  const out = await asUsage(() => openDocument(file, flags.force === true, example));
  await out.fill(write => write(flags.svg ? svgFigure(shown, title) : page(shown, title)));
  if (file !== undefined) io.say(`written to ${file}`);
  return CODES.done;
}
