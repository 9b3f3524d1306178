import type { RootFor } from '../../probes/privileged/privileges.js';
import type { FlagName } from './flags.js';

/** What help, completion and the checks of the command line need of a command: everything except its code. */
export interface CommandSpec {
  name: string;
  summary: string;
  /** The words that follow the name, such as `TARGET…`. */
  usage: string;
  /** The flags it takes, besides `--help` and `--version`, which every command takes. */
  flags: readonly FlagName[];
  /** What the command needs root for. A command without this gives root up at once. */
  rootFor?: RootFor;
}
