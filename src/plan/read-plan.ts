import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseHypervisors } from '../../probes/hypervisor/index.js';
import { backendNamed, chooseProbes } from '../../probes/index.js';
import type { TargetId } from '../core/sample.js';
import { UsageError } from '../core/validation/usage-error.js';
import type { CommandLine } from './command-line.js';
import { expectedTargets, type NamedTarget } from './expected.js';
import type { FlagValues } from './flags.js';
import { loadDetectors } from './load-detectors.js';
import { parseObservers } from './observers.js';
import { makePlan, type WatchPlan } from './plan.js';
import { readWire } from './read-wire-plan.js';
import { readText, texts, withSettings } from './settings.js';
import { withDateUrls, withStreams } from './streams.js';
import { parseTarget, parseTargetList, parseTargets, type TargetSpec } from './targets.js';

/** The simulated VM of the tour. */
const TOUR = 'sim:demo';
/** The targets if none is named: a real one, and a simulated one. A screen shows the tour instead. */
const DEMONSTRATION = ['127.0.0.1', TOUR];
/** It is migrated within six seconds, and is away for long enough to watch. */
const TOUR_PROBE = 'sim:first=0ms,blackout=1200ms,every=30s';

/** Reads settings, target files and detectors, and makes the plan. Rejects with an Error that says what is wrong. */
export async function readWatchPlan(line: CommandLine): Promise<WatchPlan> {
  const { words, explicit } = line;
  const flags = withSettings(line);
  checkStdin(flags);
  checkRecord(flags);
  const files = texts(flags.file);
  const listed = files.flatMap(readList);
  const named = [...words, ...listed];
  const streams = texts(flags.stream);
  const given = chooseProbes(texts(flags.probe));
  const dateUrls = given.flatMap(({ url }) => url ?? []);
  const count = named.length + streams.length + dateUrls.length;
  const probes = count > 0 ? given : chooseProbes([TOUR_PROBE, ...texts(flags.probe)]);
  if (count === 0 && (explicit || flags.file !== undefined))
    throw new UsageError('no TARGET to watch: name a host, such as migwatch watch db=10.0.0.7');
  if (typeof flags.backend === 'string') backendNamed(flags.backend);
  const targets = withDateUrls(
    withStreams(parseTargets(count > 0 ? named : DEMONSTRATION), streams),
    dateUrls,
  );
  return makePlan(flags, {
    targets,
    tour: count > 0 ? undefined : parseTarget(TOUR),
    lists: files.length > 0 ? { files, targets: parseTargets(listed).map(({ id }) => id) } : undefined,
    observers: parseObservers(texts(flags.observer)),
    hypervisors: parseHypervisors(texts(flags.hypervisor)),
    wire: readWire(flags),
    expected: readExpected(flags, targets),
    detectors: await loadDetectors(texts(flags.detector)),
    probes,
  });
}

/** The targets that these files name. Throws an Error that says what is wrong with them. */
export function readListed(files: readonly string[]): TargetSpec[] {
  return parseTargets(files.flatMap(readList));
}

function readList(file: string): string[] {
  return parseTargetList(readText(file, 'the targets'));
}

/** Throws a UsageError if several flags read standard input, or one does while it is the keyboard of a screen. */
function checkStdin(flags: FlagValues): void {
  const [first, second] = (['file', 'expect', 'notes'] as const).filter(name =>
    texts(flags[name]).includes('-'),
  );
  if (second)
    throw new UsageError(
      `--${first} - and --${second} - would both read standard input: put one of them into a file`,
    );
  if (first === 'notes' && process.stdin.isTTY && process.stdout.isTTY && flags.headless !== true)
    throw new UsageError(
      '--notes - reads standard input, which is the keyboard: pipe text into it, or name a file',
    );
}

/** Throws a UsageError if `--record` names a folder. */
function checkRecord({ record }: FlagValues): void {
  if (typeof record !== 'string' || !statSync(record, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(
    `--record=${record} names a folder: name a file in it, such as --record=${join(record, 'night.jsonl')}, or write ` +
      `-r --dir ${record}, which names the file automatically`,
  );
}

/** The targets that `--expect` lists. Throws an Error that says what is wrong with the list. */
export function readExpected(flags: FlagValues, targets: readonly NamedTarget[]): TargetId[] | undefined {
  const { expect } = flags;
  if (typeof expect !== 'string') return undefined;
  const name = expect === '-' ? 'standard input' : expect;
  return expectedTargets(readText(expect, 'the expected moves'), name, targets);
}
