import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CommandLine } from '../app/command-line.js';
import { flagsFromConfig } from '../app/config-file.js';
import { readTextFile } from '../system/input-file.js';
import { trustedPath } from '../system/trusted-file.js';
import type { FlagName, FlagValues } from './flags.js';

/** Bytes. The template of all settings is a hundredth of this. */
const MAX_SETTINGS = 1024 * 1024;

/** The texts of a repeatable flag. */
export function texts(value: FlagValues[keyof FlagValues]): string[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
}

/** The flags that were given and, of what the command takes beside them, the settings. */
export function withSettings({ command, flags: given }: CommandLine): FlagValues {
  const settings = Object.entries(readConfig(given.config as string | undefined));
  const taken = settings.filter(([name]) => command.flags.includes(name as FlagName));
  return { ...Object.fromEntries(taken), ...given };
}

/** The file that `--config` names, which must exist, or the user's own, which need not. */
export function readConfig(named: string | undefined): FlagValues {
  const file = configPath(named);
  const exists = existsSync(file);
  if (named === undefined && !exists) return {};
  const path = exists ? trustedPath(file, 'the settings file') : file;
  return flagsFromConfig(readText(path, 'the settings', MAX_SETTINGS), file);
}

/** Where the settings are, or would be. */
export function configPath(named: string | undefined): string {
  return named ?? join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'migwatch', 'config.json');
}

/** Throws an Error that says what could not be read. */
export function readText(file: string, what: string, most?: number): string {
  try {
    return readTextFile(file, most);
  } catch (cause) {
    throw new Error(`can't read ${what} from ${file}: ${(cause as Error).message}`, { cause });
  }
}
