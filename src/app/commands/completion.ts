import { unknownName } from '../../core/format/nearest-name.js';
import { UsageError } from '../../core/usage-error.js';
import { SHELLS, type Shell } from '../completion/shells.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

/** Loaded for the shell that is asked for. */
const SCRIPTS: Record<Shell, () => Promise<string>> = {
  bash: async () => (await import('../completion/bash.js')).bashCompletion(),
  zsh: async () => (await import('../completion/zsh.js')).zshCompletion(),
  fish: async () => (await import('../completion/fish.js')).fishCompletion(),
};

export const completion: Command = {
  name: 'completion',
  summary: 'what a shell needs to complete these commands and flags: source <(migwatch completion bash)',
  usage: 'bash|zsh|fish',
  harmless: true,
  flags: [],
  run: async ({ words: [shell = '', ...more] }, io) => {
    if (shell === '' || more.length > 0) throw new UsageError('write migwatch completion bash, zsh or fish');
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell as Shell] : undefined;
    if (!script) throw new UsageError(unknownName('shell', shell, SHELLS).message);
    io.write(await script());
    return CODES.done;
  },
};
