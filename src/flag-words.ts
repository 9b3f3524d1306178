import type { Flag } from './flags.js';

/** What a flag does, with the words it takes and what holds without it. */
export function flagHelp({ help, values, default: usual }: Flag): string {
  return `${help}${values ? `: ${values.join(', ')}` : ''}${usual === undefined ? '' : ` (default ${usual})`}`;
}

/** How a flag is written, its value after an equals sign where that may be left out: `--record[=FILE]`. */
export function flagUsage({ name, value, optional }: Flag): string {
  return `--${name}${value ? (optional ? `[=${value}]` : ` ${value}`) : ''}`;
}
