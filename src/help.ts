import { backends } from '../probes/index.js';
import { commands } from './commands.js';
import type { DetectorPlugin } from './core/detector.js';
import { formatDuration } from './core/duration.js';
import type { OptionSpec, OptionSpecs } from './core/options.js';
import { FLAGS, type Flag } from './flags.js';

/** The text of `--help`, made from the registries. */
export function helpText(detectors: readonly DetectorPlugin[]): string {
  return `migwatch watches virtual machines from outside and says when one was live-migrated.

Usage
  migwatch [watch] TARGET…   TARGET is host, label=host, tcp://host:port, an IPv6 address or sim:NAME
  migwatch                   a demonstration: this machine, and a simulated VM that migrates

Commands
${table(commands.map(({ name, summary }) => [name, summary]))}

Flags
${table(FLAGS.map(flag => [flagUsage(flag), flag.help]))}

Detectors
${detectors.map(pluginHelp).join('\n')}

Backends, the best permitted one is used
${backends.map(pluginHelp).join('\n')}

Exit codes
  0 finished · 1 could not go on · 2 wrong usage · 3 an event of --fail-on occurred · 130, 143, 129 by signal`;
}

function flagUsage({ short, name, value }: Flag): string {
  return `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
}

function pluginHelp({
  name,
  summary,
  options,
}: {
  name: string;
  summary: string;
  options: OptionSpecs;
}): string {
  const rows = Object.entries(options).map(([option, spec]) => [`  ${option}`, optionHelp(spec)]);
  return table([[name, summary], ...rows]);
}

function optionHelp({ help, unit, default: value }: OptionSpec): string {
  return `${help} (default ${unit === 'ms' ? formatDuration(value) : `${value}${unit && ` ${unit}`}`})`;
}

const COLUMN = 30;

function table(rows: readonly (readonly string[])[]): string {
  return rows
    .map(([left, right]) =>
      left!.length < COLUMN
        ? `  ${left!.padEnd(COLUMN)}${right}`
        : `  ${left}\n  ${' '.repeat(COLUMN)}${right}`,
    )
    .join('\n');
}
