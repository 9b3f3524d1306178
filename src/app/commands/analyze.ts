import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { Analysis } from '../../evaluation/analysis.js';
import type { TruthFile } from '../../evaluation/truth-file.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { CONTEXT_FLAGS, contextOf, contextWithin, sayOffset } from './context.js';
import { SELECTION_FLAGS, selectionOf } from './selection.js';

type Scoring = typeof import('../../evaluation/scoring.js');

export const analyze: Command = {
  name: 'analyze',
  summary: 'figures and events of recordings; compares detectors, and scores them with --truth',
  usage: 'RECORDING…',
  flags: [
    'detector',
    'as-recorded',
    'truth',
    'expect',
    'budget',
    'changes',
    'json',
    ...CONTEXT_FLAGS,
    ...SELECTION_FLAGS,
  ],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length === 0)
    throw new UsageError('no RECORDING to analyze: name a file that migwatch recorded or imported');
  const [
    { namedSets, trackMaker },
    { analyse },
    { readTruthFile },
    scoring,
    { analysisText, scoreText },
    { analysisJson },
    { overviewTable },
  ] = await Promise.all([
    import('../../evaluation/detector-sets.js'),
    import('../../evaluation/analysis.js'),
    import('../../evaluation/truth-file.js'),
    import('../../evaluation/scoring.js'),
    import('../../evaluation/analysis-text.js'),
    import('../../evaluation/analysis-json.js'),
    import('../../evaluation/overview.js'),
  ]);
  const [
    { Progress },
    { about, locateRecording },
    { openDestination },
    { readHeader },
    { judgingDetectors },
    { recordedNames },
    { readExpected },
    { maintenancePlan },
  ] = await Promise.all([
    import('../../output/progress.js'),
    import('../../recording/locate.js'),
    import('../../output/destination.js'),
    import('../../recording/header.js'),
    import('../session/recorded-detectors.js'),
    import('../../plan/expected.js'),
    import('../../plan/read-plan.js'),
    import('../../plan/plan.js'),
  ]);
  const named = await asUsage(() => namedSets((flags.detector as string[] | undefined) ?? []));
  const labels = await asUsage(() => ((flags.truth as string[] | undefined) ?? []).map(readTruthFile));
  const asRecorded = flags['as-recorded'] === true;
  const makeTrack = flags.changes ? trackMaker(named) : undefined;
  const context = await asUsage(() => contextOf(flags, io.say));
  const analyses: Analysis[] = [];
  for (const word of words) {
    const progress = new Progress('reading');
    const path = await asUsage(() => locateRecording(word));
    const read = async () => {
      const { plan, targets } = readHeader(path);
      const { detectors } = plan;
      const expected = readExpected(flags, recordedNames(targets));
      const { choices, line } = judgingDetectors(detectors, { asRecorded }, io.say);
      const sets = [...named, { name: asRecorded ? 'as recorded' : 'defaults', choices, line }];
      return analyse(path, sets, {
        progress: share => progress.show(share),
        ...(makeTrack && { makeTrack }),
        ...maintenancePlan(flags, expected),
        selection: selectionOf(path, flags),
      });
    };
    const analysis = await asUsage(() => about(path, read));
    progress.end();
    if (analysis.samples === 0) io.say(`${path}: no samples, or none within --from, --to and --target`);
    const notes = [...analysis.notes, ...(await contextWithin(context, analysis, io.say))];
    sayOffset(context, analysis.judgements.at(-1)!.events, io.say);
    analyses.push({ ...analysis, notes: notes.sort((a, b) => a.at - b.at) });
  }
  const { scores, unscored } = scoresOf(analyses, labels, scoring, io.say);
  await openDestination().fill(write => {
    if (flags.json) write(analysisJson(analyses, scores, unscored));
    else {
      for (const analysis of analyses) write(`${analysisText(analysis)}\n`);
      if (analyses.length > 1) write(`${overviewTable(analyses).join('\n')}\n\n`);
      if (scores) write(scoreText(scores, analyses[0]!.judgements));
    }
  });
  return CODES.done;
}

/** The scores over the recordings of which it is known what happened, and the other recordings. */
function scoresOf(
  analyses: readonly Analysis[],
  labels: readonly TruthFile[],
  { labelled, scoreAll, uncovered }: Scoring,
  say: (text: string) => void,
) {
  if (labels.length === 0) return { unscored: [] };
  const truth = labels.flatMap(file => file.truth);
  const scored = labelled(analyses, labels);
  const unscored = analyses.filter(analysis => !scored.includes(analysis));
  for (const { path } of unscored) say(`${path}: no labels are about it, so it is not scored`);
  const left = uncovered(analyses, truth).length;
  if (left > 0) say(`${left} labels name a target or time that was not recorded`);
  return { unscored, ...(scored.length > 0 && { scores: scoreAll(scored, truth) }) };
}
