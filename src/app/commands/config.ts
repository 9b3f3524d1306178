import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { SessionIo } from '../../session/io.js';
import { CODES } from '../exit-codes.js';
import type { Command } from './command.js';

export const config: Command = {
  name: 'config',
  summary: 'show the settings in force and where they come from; --init writes a settings file',
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
