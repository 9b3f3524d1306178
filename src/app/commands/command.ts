import type { CommandLine } from '../../plan/command-line.js';
import type { CommandSpec } from '../../plan/command-spec.js';
import type { SessionIo } from '../../session/io.js';

/** A command and its code. What the code needs is imported when the command runs, so that `--help` starts fast. */
export interface Command extends CommandSpec {
  /** Does the work and returns the exit code. Rejects with a UsageError if the user's words are at fault. */
  run(line: CommandLine, io: SessionIo): Promise<number>;
}
