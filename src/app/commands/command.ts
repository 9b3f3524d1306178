import type { RootFor } from '../../../probes/privileged/privileges.js';
import type { FlagName } from '../../plan/flags.js';
import type { SessionIo } from '../../session/io.js';
import type { CommandLine } from '../command-line.js';

/**
 * A word that may come first on the command line. Its file tells what help and checks need to know and nothing more:
 * what it takes to run is imported when it runs.
 */
export interface Command {
  name: string;
  summary: string;
  /** What follows the name, such as `TARGET…`. */
  usage: string;
  /** Beside `--help` and `--version`, which all take. */
  flags: readonly FlagName[];
  /** What it needs root for; whoever has root for nothing gives it back at once. */
  rootFor?: RootFor;
  /** Reads nothing from outside, so that there is nothing to say to root. */
  harmless?: true;
  /** Does the work and returns the exit code. Rejects with a UsageError where the user's words are at fault. */
  run(line: CommandLine, io: SessionIo): Promise<number>;
}
