import { basename } from 'node:path';
import { printable } from '../../core/format/text.js';
import { asUsage } from '../../core/validation/usage-error.js';
import type { Survey, SurveyRequest } from '../../output/report/survey.js';
import type { FlagName, FlagValues } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import { CONTEXT_FLAGS, contextOf, contextWithin, sayOffset } from './context.js';
import { SELECTION_FLAGS, selectionOf } from './selection.js';

/** The flags of commands that make a document from what a recording shows. */
export const SURVEY_FLAGS = [
  ...(['output', 'force', 'detector', 'as-recorded', 'truth', 'dir'] as const),
  ...CONTEXT_FLAGS,
  ...SELECTION_FLAGS,
] as const satisfies readonly FlagName[];

/** What a command adds to the request that its flags make. */
type Own = Pick<SurveyRequest, 'event' | 'onStep' | 'onSample'>;

/**
 * Reads and judges the recording that the user named, with notes of other files as context. `own` is asked once the detectors are
 * chosen. Rejects with a UsageError if the words, or the files that they name, are at fault; that the document has a place is
 * checked first.
 */
export async function surveyed(
  word: string,
  flags: FlagValues,
  io: SessionIo,
  own: (choices: SurveyRequest['judging']['choices'], path: string) => Own = () => ({}),
): Promise<Survey> {
  const [
    { about, locateRecording },
    { Progress },
    { loadDetectors },
    { survey },
    { PLOT },
    { readHeader },
    { judgingSet },
    { LaterNotes },
    { readTruthFile },
    { expectPlace },
  ] = await Promise.all([
    import('../../recording/locate.js'),
    import('../../output/progress.js'),
    import('../../plan/load-detectors.js'),
    import('../../output/report/survey.js'),
    import('../../output/report/chart.js'),
    import('../../recording/header.js'),
    import('../../evaluation/recorded-detectors.js'),
    import('../../recording/later-notes.js'),
    import('../../evaluation/truth-file.js'),
    import('../../output/destination.js'),
  ]);
  const dir = flags.dir as string | undefined;
  const path = await asUsage(() => locateRecording(word, dir));
  const example = printable(basename(path).replace(/(\.jsonl)?$/, flags.svg ? '.svg' : '.html'));
  await asUsage(() => expectPlace(flags.output as string | undefined, flags.force === true, example));
  const texts = (flags.detector as string[] | undefined) ?? [];
  const named = texts.length > 0 ? await asUsage(() => loadDetectors(texts)) : undefined;
  const { plan } = await asUsage(() => about(path, () => readHeader(path)));
  const request = { named, asRecorded: flags['as-recorded'] === true };
  const judging = judgingSet(plan.detectors, request, io.say);
  const selection = await asUsage(() => selectionOf(path, flags));
  const truth = await asUsage(() =>
    ((flags.truth as string[] | undefined) ?? []).flatMap(file => readTruthFile(file).truth),
  );
  const context = await asUsage(() => contextOf(flags, io.say));
  const notes = await new LaterNotes(path, dir).all();
  const progress = new Progress('reading');
  const found = await asUsage(() =>
    about(path, () =>
      survey({
        ...{ path, judging, holdMs: plan.holdMs, columns: PLOT, notes, truth, selection },
        progress: share => progress.show(share),
        ...own(judging.choices, path),
      }),
    ),
  );
  progress.end();
  const within = await contextWithin(context, found.analysis, io.say);
  sayOffset(
    context,
    found.events.map(({ event }) => event),
    io.say,
  );
  return { ...found, notes: [...found.notes, ...within].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)) };
}
