import { backendNamed, chooseProbe } from '../probes/index.js';
import type { CommandLine } from './command-line.js';
import { loadDetectors } from './load-detectors.js';
import { makePlan, type WatchPlan } from './plan.js';
import { readText, texts, withSettings } from './settings.js';
import { withStreams } from './streams.js';
import { parseTargetList, parseTargets } from './targets.js';
import { UsageError } from './usage-error.js';

/** What is watched when nothing is named: something real, and something that migrates while one looks. */
const DEMONSTRATION = ['127.0.0.1', 'sim:demo'];

/** Reads configuration, target files and detectors, and makes the plan. Rejects with what is wrong with them. */
export async function readWatchPlan(line: CommandLine): Promise<WatchPlan> {
  const { words, explicit } = line;
  const flags = withSettings(line);
  const named = [
    ...words,
    ...texts(flags.file).flatMap(file => parseTargetList(readText(file, 'the targets'))),
  ];
  const streams = texts(flags.stream);
  if (named.length + streams.length === 0 && (explicit || flags.file !== undefined))
    throw new UsageError('no TARGET to watch: name a host, such as migwatch watch db=10.0.0.7');
  if (typeof flags.backend === 'string') backendNamed(flags.backend);
  return makePlan(flags, {
    targets: withStreams(parseTargets(named.length + streams.length > 0 ? named : DEMONSTRATION), streams),
    detectors: await loadDetectors(texts(flags.detector)),
    probes: texts(flags.probe).map(chooseProbe),
  });
}
