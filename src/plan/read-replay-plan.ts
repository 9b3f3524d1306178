import { UsageError } from '../core/validation/usage-error.js';
import { readHeader } from '../recording/header.js';
import { locateRecording } from '../recording/locate.js';
import type { CommandLine } from './command-line.js';
import { recordedNames } from './expected.js';
import { loadDetectors } from './load-detectors.js';
import { makeReplayPlan, type ReplayPlan } from './plan.js';
import { readExpected } from './read-plan.js';
import { texts, withSettings } from './settings.js';

/** Finds the recording and loads detectors. Rejects with an Error that says what is wrong. */
export async function readReplayPlan(line: CommandLine): Promise<ReplayPlan> {
  const { words } = line;
  // Settings are for watching: only flags make a replay judge again, or alert about events that are long over.
  const { detector, 'as-recorded': asRecorded, hold, bell, 'on-event': onEvent, expect, budget } = line.flags;
  const flags = {
    ...withSettings(line),
    ...{ detector, 'as-recorded': asRecorded, hold, bell, 'on-event': onEvent, expect, budget },
  };
  if (words.length !== 1)
    throw new UsageError('replay takes one RECORDING: a file, or a name in the folder of recordings');
  const named = texts(detector);
  const path = locateRecording(words[0]!, flags.dir as string | undefined);
  const names = expect === undefined ? [] : recordedNames(readHeader(path).targets);
  return makeReplayPlan(flags, {
    path,
    expected: readExpected(flags, names),
    detectors: named.length > 0 ? await loadDetectors(named) : undefined,
  });
}
