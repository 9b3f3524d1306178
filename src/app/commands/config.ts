import { asUsage, UsageError } from '../../core/usage-error.js';
import type { SessionIo } from '../../session/io.js';
import type { CommandLine } from '../command-line.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const config: Command = {
  name: 'config',
  summary: 'the settings in force and where they come from; --init writes a file of all',
  usage: '',
  flags: ['config', 'init', 'path', 'force'],
  run,
};

async function run({ words, flags }: CommandLine, io: SessionIo): Promise<number> {
  if (words.length > 0)
    throw new UsageError(`config takes no words, only flags: leave out "${words.join(' ')}"`);
  const [{ configPath }, { settingsText, writeConfig }, { pathLine }] = await Promise.all([
    import('../../plan/settings.js'),
    import('../help/settings-file.js'),
    import('../../output/destination.js'),
  ]);
  const named = flags.config as string | undefined;
  const path = configPath(named);
  if (flags.path) io.write(pathLine(path));
  else if (flags.init) {
    await asUsage(() => writeConfig(path, flags.force === true));
    io.say(`written to ${path}`);
  } else io.write(await asUsage(() => settingsText(named)));
  return CODES.done;
}
