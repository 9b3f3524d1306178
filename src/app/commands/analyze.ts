import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { Analysis } from '../../evaluation/analysis.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const analyze: Command = {
  name: 'analyze',
  summary: 'figures and events of recordings; compares detectors, and scores them with --truth',
  usage: 'RECORDING…',
  flags: ['detector', 'as-recorded', 'truth', 'expect', 'budget', 'changes', 'json'],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length === 0)
    throw new UsageError('no RECORDING to analyze: name a file that migwatch recorded or imported');
  const [
    { namedSets, trackMaker },
    { analyse },
    { readTruth },
    scoring,
    { analysisText, scoreText },
    { analysisJson },
  ] = await Promise.all([
    import('../../evaluation/detector-sets.js'),
    import('../../evaluation/analysis.js'),
    import('../../evaluation/truth-file.js'),
    import('../../evaluation/scoring.js'),
    import('../../evaluation/analysis-text.js'),
    import('../../evaluation/analysis-json.js'),
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
  const truth = await asUsage(() => ((flags.truth as string[] | undefined) ?? []).flatMap(readTruth));
  const asRecorded = flags['as-recorded'] === true;
  const makeTrack = flags.changes ? trackMaker(named) : undefined;
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
      });
    };
    analyses.push(await asUsage(() => about(path, read)));
    progress.end();
  }
  const scores = flags.truth === undefined ? undefined : scoring.scoreAll(analyses, truth);
  const uncovered = scoring.uncovered(analyses, truth);
  if (uncovered.length > 0) io.say(`${uncovered.length} labels name a target or time that was not recorded`);
  await openDestination().fill(write => {
    if (flags.json) write(analysisJson(analyses, scores));
    else {
      for (const analysis of analyses) write(`${analysisText(analysis)}\n`);
      if (scores) write(scoreText(scores, analyses[0]!.judgements));
    }
  });
  return CODES.done;
}
