import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { textTable } from '../../core/format/table.js';
import { printable } from '../../core/format/text.js';
import { openDestination } from '../../output/destination.js';
import { configTemplate, SETTINGS } from '../../plan/config-file.js';
import type { Flag } from '../../plan/flags.js';
import { configPath, readConfig } from '../../plan/settings.js';
import { flagHelp } from './manual.js';

/** A table of every setting, its value and its source, ending with a newline. Throws an Error if the file is invalid. */
export function settingsText(named: string | undefined): string {
  const path = configPath(named);
  const given = readConfig(named);
  const rows = SETTINGS.map(flag => {
    const value = given[flag.name];
    return value === undefined ? [flag.name, usual(flag), 'default'] : [flag.name, written(value), 'file'];
  });
  const about = existsSync(path) ? '' : ' (does not exist; migwatch config --init writes it)';
  return `${[`${printable(path)}${about}`, '', ...textTable([['setting', 'value', 'from'], ...rows])].join('\n')}\n`;
}

function usual({ default: word, value }: Flag): string {
  return word ?? (value ? '-' : 'off');
}

function written(value: string | string[] | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : printable([value].flat().join(', '));
}

/** Writes a file of every setting, which only its owner can read. Rejects if the file exists and `force` is not set. */
export async function writeConfig(path: string, force: boolean): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await openDestination(path, force).fill(write => write(configTemplate(flagHelp)));
  chmodSync(path, 0o600);
}
