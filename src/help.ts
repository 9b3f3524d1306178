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
  migwatch [watch] TARGET…   TARGET is host, label=host, tcp://host:port, an IPv6 address, sim:NAME
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
  0 finished · 1 could not go on · 2 wrong usage · 3 an event of --fail-on occurred
  130, 143, 129 ended by SIGINT, SIGTERM, SIGHUP`;
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
const WIDTH = 100;

/** Two columns; the right one wraps, and starts on its own line where the left one is too long. */
function table(rows: readonly (readonly string[])[]): string {
  const indent = ' '.repeat(COLUMN + 2);
  return rows
    .map(([left, right]) => {
      const text = wrap(right!, WIDTH - COLUMN - 2).join(`\n${indent}`);
      return left!.length < COLUMN ? `  ${left!.padEnd(COLUMN)}${text}` : `  ${left}\n${indent}${text}`;
    })
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
}
