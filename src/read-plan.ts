import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { backendNamed, chooseProbe } from '../probes/index.js';
import type { CommandLine } from './command-line.js';
import { type FlagName, type FlagValues, flagsFromConfig } from './flags.js';
import { loadDetectors } from './load-detectors.js';
import { makePlan, makeReplayPlan, type ReplayPlan, type WatchPlan } from './plan.js';
import { locateRecording } from './recording/locate.js';
import { parseTargetList, parseTargets } from './targets.js';
import { UsageError } from './usage-error.js';

/** What is watched when nothing is named: something real, and something that migrates while one looks. */
const DEMONSTRATION = ['127.0.0.1', 'sim:demo'];

/** Reads configuration, target files and detectors, and makes the plan. Rejects with what is wrong with them. */
export async function readWatchPlan(line: CommandLine): Promise<WatchPlan> {
  const { words, explicit } = line;
  const flags = withConfig(line);
  const named = [
    ...words,
    ...texts(flags.file).flatMap(file => parseTargetList(readText(file, 'the targets'))),
  ];
  if (named.length === 0 && (explicit || flags.file !== undefined))
    throw new UsageError('no TARGET to watch: name a host, such as migwatch watch db=10.0.0.7');
  if (typeof flags.backend === 'string') backendNamed(flags.backend);
  return makePlan(flags, {
    targets: parseTargets(named.length > 0 ? named : DEMONSTRATION),
    detectors: await loadDetectors(texts(flags.detector)),
    probes: texts(flags.probe).map(chooseProbe),
  });
}

/** Finds the recording and loads detectors. Rejects with what is wrong with them. */
export async function readReplayPlan(line: CommandLine): Promise<ReplayPlan> {
  const { words } = line;
  const flags = withConfig(line);
  if (words.length !== 1)
    throw new UsageError('replay takes one RECORDING: a file, or a name in the folder of recordings');
  const named = texts(flags.detector);
  return makeReplayPlan(flags, {
    path: locateRecording(words[0]!, flags.dir as string | undefined),
    detectors: named.length > 0 ? await loadDetectors(named) : undefined,
  });
}

function texts(value: FlagValues[keyof FlagValues]): string[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** The flags that were given and, of what the command takes beside them, the settings. */
function withConfig({ command, flags: given }: CommandLine): FlagValues {
  const settings = Object.entries(readConfig(given.config as string | undefined));
  const taken = settings.filter(([name]) => command.flags.includes(name as FlagName));
  return { ...Object.fromEntries(taken), ...given };
}

/** The file that `--config` names, which must exist, or the user's own, which need not. */
function readConfig(named: string | undefined): FlagValues {
  const home = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const file = named ?? join(home, 'migwatch', 'config.json');
  if (named === undefined && !existsSync(file)) return {};
  return flagsFromConfig(readText(file, 'the settings'), file);
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new Error(`can't read ${what} from ${file}: ${(cause as Error).message}`, { cause });
  }
}
