import { formatDuration } from '../../core/format/duration.js';
import type { OptionSpec } from '../../core/validation/options.js';
import type { Flag } from '../../plan/flags.js';
import { CODES } from '../exit-codes.js';

/** The first sentence of the help and of the manual page. */
export const INTRODUCTION =
  'migwatch watches virtual machines from outside and reports when one was live-migrated.';

/** How to call migwatch, and what each call does. */
export const USAGES: readonly (readonly [usage: string, about: string])[] = [
  [
    'migwatch [watch] TARGET…',
    'watch targets: host, label=host, tcp://host:port, an IPv6 address or sim:NAME (simulated)',
  ],
  ['migwatch', 'the first minute: a simulated VM that migrates, with captions; then a host that you type'],
  ['migwatch replay RECORDING', 'play a recording on the same screen'],
  ['migwatch COMMAND --help', 'help for COMMAND'],
];

export const FILES: readonly (readonly [path: string, about: string])[] = [
  [
    '$XDG_CONFIG_HOME/migwatch/config.json',
    'settings; migwatch config --init writes a file with every option',
  ],
  ['$XDG_STATE_HOME/migwatch/recordings', 'recordings; inside a checkout of migwatch: ./recordings'],
];

export const EXIT_CODES: readonly (readonly [code: string, about: string])[] = [
  [`${CODES.done}`, 'finished'],
  [`${CODES.failed}`, 'failed, or could not write all lines or rows; stderr has the reason'],
  [`${CODES.usage}`, 'wrong usage, or unreadable input'],
  [`${CODES.event}`, 'an event that --fail-on names occurred'],
  [`${CODES.SIGINT}, ${CODES.SIGTERM}, ${CODES.SIGHUP}`, 'ended by SIGINT, SIGTERM, SIGHUP'],
];

/** What a flag does, the words it takes and its default. */
export function flagHelp({ help, values, default: usual }: Flag): string {
  return `${help}${values ? `: ${values.join(', ')}` : ''}${usual === undefined ? '' : ` (default ${usual})`}`;
}

/** A flag as it is written; an optional value follows an equals sign: `--record[=FILE]`. */
export function flagUsage({ name, value, optional }: Flag): string {
  return `--${name}${value ? (optional ? `[=${value}]` : ` ${value}`) : ''}`;
}

/** What an option of a plugin does, and its default. */
export function optionHelp({ help, unit, default: value }: OptionSpec): string {
  return `${help} (default ${unit === 'ms' ? formatDuration(value) : `${value}${unit && ` ${unit}`}`})`;
}
