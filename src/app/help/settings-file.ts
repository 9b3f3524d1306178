import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { textTable } from '../../core/format/table.js';
import { printable } from '../../core/format/text.js';
import { openDestination } from '../../output/destination.js';
import type { Flag } from '../../plan/flags.js';
import { configPath, readConfig } from '../../plan/settings.js';
import { configTemplate, SETTINGS } from '../config-file.js';
import { flagHelp } from './manual.js';

/** Every setting, what holds and where that comes from. Ends with a newline. Throws what is wrong with the file. */
export function settingsText(named: string | undefined): string {
  const path = configPath(named);
  const given = readConfig(named);
  const rows = SETTINGS.map(flag => {
    const value = given[flag.name];
    return value === undefined ? [flag.name, usual(flag), 'default'] : [flag.name, written(value), 'file'];
  });
  const about = existsSync(path) ? '' : ' (there is none: migwatch config --init writes it)';
  return `${[`${printable(path)}${about}`, '', ...textTable([['setting', 'value', 'from'], ...rows])].join('\n')}\n`;
}

function usual({ default: word, value }: Flag): string {
  return word ?? (value ? '-' : 'off');
}

function written(value: string | string[] | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : printable([value].flat().join(', '));
}

/** Writes a file of every setting, for its owner alone. Rejects when there is one that was not to be replaced. */
export async function writeConfig(path: string, force: boolean): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await openDestination(path, force).fill(write => write(configTemplate(flagHelp)));
  chmodSync(path, 0o600);
}
