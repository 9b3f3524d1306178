import { backends, witnesses } from '../../../probes/index.js';
import type { DetectorPlugin } from '../../core/detector.js';
import type { OptionSpecs } from '../../core/options.js';
import { COMMON_FLAGS, FLAG_GROUPS, FLAGS, type Flag } from '../../plan/flags.js';
import { type Command, commands } from '../commands/index.js';
import { EXIT_CODES, flagHelp, flagUsage, INTRODUCTION, optionHelp, USAGES } from './manual.js';

/** The text of `--help`, made from the registries: of one command, or of everything. */
export function helpText(detectors: readonly DetectorPlugin[], command?: Command): string {
  return command ? commandHelp(command, detectors) : overview(detectors);
}

function overview(detectors: readonly DetectorPlugin[]): string {
  return `${INTRODUCTION}

Usage
${table(USAGES)}

Commands
${table(commands.map(command => [commandUsage(command), command.summary]))}

${flagSections(FLAGS)}

${detectorHelp(detectors)}

${backendHelp()}

Exit codes
${table(EXIT_CODES)}`;
}

function commandHelp({ name, usage, summary, flags }: Command, detectors: readonly DetectorPlugin[]): string {
  const taken = FLAGS.filter(flag => flags.includes(flag.name) || COMMON_FLAGS.includes(flag.name));
  return [
    `migwatch ${name}: ${summary}`,
    `Usage\n  migwatch ${name} ${usage}`.trimEnd(),
    taken.length > FEW ? flagSections(taken) : `Flags\n${flagTable(taken)}`,
    ...(flags.includes('detector') ? [detectorHelp(detectors)] : []),
    ...(flags.includes('backend') ? [backendHelp()] : []),
  ].join('\n\n');
}

/** What a command takes, where that is short. */
function commandUsage({ name, usage }: Command): string {
  return name.length + usage.length < COLUMN - 1 ? `${name} ${usage}` : name;
}

/** Flags that need no sections to be found among. */
const FEW = 8;

function flagSections(flags: readonly Flag[]): string {
  return FLAG_GROUPS.map(group => ({ group, own: flags.filter(flag => flag.group === group) }))
    .filter(({ own }) => own.length > 0)
    .map(({ group, own }) => `${group}\n${flagTable(own)}`)
    .join('\n\n');
}

function flagTable(flags: readonly Flag[]): string {
  return table(
    flags.map(flag => [`${flag.short ? `-${flag.short}, ` : '    '}${flagUsage(flag)}`, flagHelp(flag)]),
  );
}

function detectorHelp(detectors: readonly DetectorPlugin[]): string {
  return `Detectors\n${detectors.map(pluginHelp).join('\n')}`;
}

function backendHelp(): string {
  return `Backends, the best permitted one is used\n${backends.map(pluginHelp).join('\n')}\n\nWitnesses beside the echo, where permitted\n${witnesses.map(pluginHelp).join('\n')}`;
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
