import { formatDuration } from '../../core/format/duration.js';
import type { OptionSpec } from '../../core/options.js';
import type { Flag } from '../../plan/flags.js';

/** What the help and the manual page both say. */
export const INTRODUCTION =
  'migwatch watches virtual machines from outside and says when one was live-migrated.';

/** Ways of calling it, and what each gives. */
export const USAGES: readonly (readonly [usage: string, about: string])[] = [
  ['migwatch [watch] TARGET…', 'TARGET is host, label=host, tcp://host:port, an IPv6 address, sim:NAME'],
  ['migwatch', 'a demonstration: this machine, and a simulated VM that migrates'],
  ['migwatch replay RECORDING', 'the same screen, fed from a recording'],
  ['migwatch COMMAND --help', 'what COMMAND takes'],
];

export const FILES: readonly (readonly [path: string, about: string])[] = [
  ['$XDG_CONFIG_HOME/migwatch/config.json', 'settings; migwatch config --init writes one with every option'],
  ['$XDG_STATE_HOME/migwatch/recordings', 'recordings; in a checkout of migwatch, ./recordings'],
];

export const EXIT_CODES: readonly (readonly [code: string, about: string])[] = [
  ['0', 'finished'],
  ['1', 'could not go on, or not write all lines or rows, and said why'],
  ['2', 'wrong usage, or unreadable input'],
  ['3', 'an event of --fail-on occurred'],
  ['130, 143, 129', 'ended by SIGINT, SIGTERM, SIGHUP'],
];

/** What a flag does, with the words it takes and what holds without it. */
export function flagHelp({ help, values, default: usual }: Flag): string {
  return `${help}${values ? `: ${values.join(', ')}` : ''}${usual === undefined ? '' : ` (default ${usual})`}`;
}

/** How a flag is written, its value after an equals sign where that may be left out: `--record[=FILE]`. */
export function flagUsage({ name, value, optional }: Flag): string {
  return `--${name}${value ? (optional ? `[=${value}]` : ` ${value}`) : ''}`;
}

/** What an option of a plugin does, and what holds without it. */
export function optionHelp({ help, unit, default: value }: OptionSpec): string {
  return `${help} (default ${unit === 'ms' ? formatDuration(value) : `${value}${unit && ` ${unit}`}`})`;
}
