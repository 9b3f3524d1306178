import { backends, witnesses } from '../../../probes/index.js';
import type { Backend } from '../../../probes/prober.js';
import type { DetectorPlugin } from '../../core/detector.js';
import { definitionList } from '../../core/format/table.js';
import type { OptionSpecs } from '../../core/validation/options.js';
import { WORDS } from '../../lab/scenario.js';
import { SCENARIOS } from '../../lab/scenarios.js';
import type { CommandSpec } from '../../plan/command-spec.js';
import { COMMON_FLAGS, FLAG_GROUPS, FLAGS, type Flag } from '../../plan/flags.js';
import { paneKeys } from '../../ui/pane/keys.js';
import { EXIT_CODES, flagHelp, flagUsage, INTRODUCTION, optionHelp, USAGES } from './manual.js';

/** The text of `--help`, made from the registries: for one command, or for the whole program. */
export function helpText(
  detectors: readonly DetectorPlugin[],
  commands: readonly CommandSpec[],
  command?: CommandSpec,
): string {
  return command ? commandHelp(command, detectors) : overview(detectors, commands);
}

function overview(detectors: readonly DetectorPlugin[], commands: readonly CommandSpec[]): string {
  return `${INTRODUCTION}

Usage
${definitions(USAGES)}

Commands
${definitions(commands.map(command => [commandUsage(command), command.summary]))}

${flagSections(FLAGS)}

${detectorHelp(detectors)}

${backendHelp()}

Exit codes
${definitions(EXIT_CODES)}`;
}

function commandHelp(
  { name, usage, summary, flags }: CommandSpec,
  detectors: readonly DetectorPlugin[],
): string {
  const taken = FLAGS.filter(flag => flags.includes(flag.name) || COMMON_FLAGS.includes(flag.name));
  return [
    `migwatch ${name}: ${summary}`,
    `Usage\n  migwatch ${name} ${usage}`.trimEnd(),
    ...(VOCABULARY[name]?.() ?? []),
    taken.length > FEW ? flagSections(taken) : `Flags\n${flagTable(taken)}`,
    ...(flags.includes('detector') ? [detectorHelp(detectors)] : []),
    ...(flags.includes('backend') ? [backendHelp()] : []),
  ].join('\n\n');
}

/** What a command takes besides flags: keys, or words of a language of its own. */
const VOCABULARY: Readonly<Record<string, () => string[]>> = { lab: scenarioHelp, pane: paneHelp };

function paneHelp(): string[] {
  const keys = paneKeys().map(({ label, help }): [string, string] => [label, help]);
  const tmux = ['set -g status-interval 1', "set -g status-right '#(migwatch pane --line TARGET…)'"];
  return [
    `Keys\n${definitions(keys)}`,
    `In the status bar of tmux, in ~/.tmux.conf\n${tmux.map(line => `  ${line}`).join('\n')}`,
  ];
}

function scenarioHelp(): string[] {
  return [
    `Scenarios\n${definitions(Object.entries(SCENARIOS).map(([name, { summary }]) => [name, summary]))}`,
    `Steps of a scenario, one a line or separated by ";"\n${definitions(Object.values(WORDS).map(({ usage, summary }) => [usage, summary]))}`,
  ];
}

/** The name of a command, and its usage if that fits into the column. */
function commandUsage({ name, usage }: CommandSpec): string {
  return name.length + usage.length < COLUMN - 3 ? `${name} ${usage}` : name;
}

/** Where the explanations start, and the width of the whole. */
const COLUMN = 32;
const WIDTH = 100;

function definitions(rows: readonly (readonly [string, string])[]): string {
  return definitionList(rows, COLUMN, WIDTH).join('\n');
}

/** A list of so few flags needs no sections. */
const FEW = 8;

function flagSections(flags: readonly Flag[]): string {
  return FLAG_GROUPS.map(group => ({ group, own: flags.filter(flag => flag.group === group) }))
    .filter(({ own }) => own.length > 0)
    .map(({ group, own }) => `${group}\n${flagTable(own)}`)
    .join('\n\n');
}

function flagTable(flags: readonly Flag[]): string {
  return definitions(
    flags.map(flag => [`${flag.short ? `-${flag.short}, ` : '    '}${flagUsage(flag)}`, flagHelp(flag)]),
  );
}

function detectorHelp(detectors: readonly DetectorPlugin[]): string {
  return `Detectors\n${detectors.map(pluginHelp).join('\n')}`;
}

function backendHelp(): string {
  return `Backends (the best permitted one is used)\n${backends.map(pluginHelp).join('\n')}\n\nWitnesses besides the echo (used where permitted)\n${witnesses.map(pluginHelp).join('\n')}`;
}

function pluginHelp({
  name,
  summary,
  options,
  url,
}: {
  name: string;
  summary: string;
  options: OptionSpecs;
  url?: Backend['url'];
}): string {
  const rows = Object.entries(options).map(([option, spec]): [string, string] => [
    `  ${option}`,
    optionHelp(spec),
  ]);
  const urls = url ? [[`  ${url.option}`, url.help] as [string, string]] : [];
  return definitions([[name, summary], ...rows, ...urls]);
}
