import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { Analysis } from '../../evaluation/analysis.js';
import type { MigrationRow } from '../../evaluation/migrations.js';
import type { TruthFile } from '../../evaluation/truth-file.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { FlagValues } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';
import { CONTEXT_FLAGS, contextOf, contextWithin, sayClockOffsets, sayOffset } from './context.js';
import { SELECTION_FLAGS, selectionOf } from './selection.js';

type Scoring = typeof import('../../evaluation/scoring.js');
type Moves = typeof import('../../evaluation/migrations.js');

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
    'event',
    'by',
    'fail-if',
    'junit',
    'force',
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
    { eventPage },
  ] = await Promise.all([
    import('../../evaluation/detector-sets.js'),
    import('../../evaluation/analysis.js'),
    import('../../evaluation/truth-file.js'),
    import('../../evaluation/scoring.js'),
    import('../../evaluation/analysis-text.js'),
    import('../../evaluation/analysis-json.js'),
    import('../../evaluation/overview.js'),
    import('../../evaluation/event-page.js'),
  ]);
  const [
    { Progress },
    { about, locateRecording },
    { openDestination },
    { readHeader },
    { judgingSet },
    { recordedNames },
    { readExpected },
    { maintenancePlan },
    moves,
    { migrationsText, figureText },
    { parseLimit, checkLimit },
    { junitXml },
  ] = await Promise.all([
    import('../../output/progress.js'),
    import('../../recording/locate.js'),
    import('../../output/destination.js'),
    import('../../recording/header.js'),
    import('../../evaluation/recorded-detectors.js'),
    import('../../plan/expected.js'),
    import('../../plan/read-plan.js'),
    import('../../plan/plan.js'),
    import('../../evaluation/migrations.js'),
    import('../../evaluation/migrations-text.js'),
    import('../../evaluation/fail-if.js'),
    import('../../output/junit.js'),
  ]);
  if (flags.event !== undefined && words.length > 1)
    throw new UsageError('--event prints the page of one event: name one RECORDING');
  if (flags.event !== undefined && flags.json)
    throw new UsageError('--event prints a text: leave out --json, whose events hold the same figures');
  const limits = await asUsage(() => ((flags['fail-if'] as string[] | undefined) ?? []).map(parseLimit));
  if (flags.junit !== undefined && limits.length === 0)
    throw new UsageError('--junit writes the results of --fail-if: add --fail-if LIMIT');
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
      const sets = [...named, judgingSet(detectors, { asRecorded }, io.say)];
      return analyse(path, sets, {
        progress: share => progress.show(share),
        ...(makeTrack && { makeTrack }),
        ...maintenancePlan(flags, expected),
        selection: selectionOf(path, flags),
        scored: labels.length > 0,
      });
    };
    const analysis = await asUsage(() => about(path, read));
    progress.end();
    if (analysis.samples === 0) io.say(`${path}: no samples, or none within --from, --to and --target`);
    const notes = [...analysis.notes, ...(await contextWithin(context, analysis, io.say))];
    sayOffset(context, analysis.judgements.at(-1)!.events, io.say);
    analyses.push({ ...analysis, notes: notes.sort((a, b) => a.at - b.at) });
  }
  sayClockOffsets(analyses, io.say);
  const { scores, unscored } = scoresOf(analyses, labels, scoring, io.say);
  const page = flags.event === undefined ? undefined : await eventPage(analyses[0]!, flags.event as string);
  const { rows, groups } = migrationsIn(analyses, flags, moves);
  const results = limits.map(limit => checkLimit(limit, rows));
  await openDestination().fill(write => {
    if (page !== undefined) write(page);
    else if (flags.json) write(analysisJson(analyses, scores, unscored, groups));
    else {
      for (const analysis of analyses) write(`${analysisText(analysis)}\n`);
      if (analyses.length > 1) write(`${overviewTable(analyses).join('\n')}\n\n`);
      if (scores) write(scoreText(scores, analyses[0]!.judgements));
      if (isAbout(rows, flags)) write(`\n${migrationsText(rows, groups)}`);
    }
  });
  for (const { limit, value, failed } of results)
    if (failed) io.say(`${limit.text}: ${figureText(limit.figure, value)} of ${rows.length} migrations`);
  if (typeof flags.junit === 'string')
    await openDestination(flags.junit, flags.force === true).fill(write => write(junitXml(results, rows)));
  return results.some(({ failed }) => failed) ? CODES.event : CODES.done;
}

/** The migrations of all recordings, and the groups to compare: several recordings are compared with each other. */
function migrationsIn(analyses: readonly Analysis[], { by }: FlagValues, moves: Moves) {
  const rows = analyses.flatMap(moves.migrationsOf);
  const grouping = (by as string | undefined) ?? (analyses.length > 1 ? 'recording' : undefined);
  return { rows, groups: grouping === undefined ? [] : moves.groupsBy(rows, moves.GROUPINGS[grouping]!) };
}

/** Whether the table of migrations is asked for, or has something of a hypervisor to say. */
function isAbout(rows: readonly MigrationRow[], flags: FlagValues): boolean {
  return (
    flags.by !== undefined ||
    flags['fail-if'] !== undefined ||
    rows.some(({ reported }) => reported !== 'unknown')
  );
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
