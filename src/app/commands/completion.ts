import { unknownName } from '../../core/format/nearest-name.js';
import { UsageError } from '../../core/validation/usage-error.js';
import type { CommandSpec } from '../../plan/command-spec.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

/** The scripts by shell; only the requested one is loaded. */
const SCRIPTS: Record<string, (commands: readonly CommandSpec[]) => Promise<string>> = {
  bash: async commands => (await import('../completion/bash.js')).bashCompletion(commands),
  zsh: async commands => (await import('../completion/zsh.js')).zshCompletion(commands),
  fish: async commands => (await import('../completion/fish.js')).fishCompletion(commands),
};

export const completion: Command = {
  name: 'completion',
  summary: 'print the completion script for a shell: source <(migwatch completion bash)',
  usage: 'bash|zsh|fish',
  flags: [],
  run: async ({ words: [shell = '', ...more], commands }, io) => {
    if (shell === '' || more.length > 0)
      throw new UsageError(
        'completion takes the name of one shell: write migwatch completion bash, zsh or fish',
      );
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (!script) throw new UsageError(unknownName('shell', shell, Object.keys(SCRIPTS)).message);
    io.write(await script(commands));
    return CODES.done;
  },
};
