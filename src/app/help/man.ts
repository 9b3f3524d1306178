import { backends, witnesses } from '../../../probes/index.js';
import type { DetectorPlugin } from '../../core/detector.js';
import { asciiOnly } from '../../core/format/text.js';
import type { CommandSpec } from '../../plan/command-spec.js';
import { FLAG_GROUPS, FLAGS, type Flag } from '../../plan/flags.js';
import { KEY_GROUPS, KEYS } from '../../ui/keys/keys.js';
import { EXIT_CODES, FILES, flagHelp, flagUsage, INTRODUCTION, optionHelp, USAGES } from './manual.js';

/** The manual page in the macros of man(7), made from the same registries as `--help`. */
export function manPage(
  version: string,
  detectors: readonly DetectorPlugin[],
  commands: readonly CommandSpec[],
): string {
  return `${[
    '.\\" Made by migwatch man; do not edit.',
    `.TH MIGWATCH 1 "" "migwatch ${version}" "User Commands"`,
    section('Name', ['migwatch \\- report from outside when a virtual machine was live-migrated']),
    section('Synopsis', USAGES.flatMap(([usage]) => [`.B ${text(usage)}`, '.br']).slice(0, -1)),
    section('Description', [
      text(INTRODUCTION),
      ...USAGES.flatMap(([usage, about]) => entry(text(usage), about)),
    ]),
    section('Commands', commands.flatMap(commandEntry)),
    section('Options', FLAG_GROUPS.flatMap(optionGroup)),
    section('Keys', KEY_GROUPS.flatMap(keyGroup)),
    section('Detectors', detectors.flatMap(pluginEntry)),
    section('Backends', ['The best permitted backend is used.', ...backends.flatMap(pluginEntry)]),
    section('Witnesses', [
      'Signals besides the echo. They are used where permitted.',
      ...witnesses.flatMap(pluginEntry),
    ]),
    section(
      'Files',
      FILES.flatMap(([path, about]) => entry(text(path), about)),
    ),
    section(
      'Exit status',
      EXIT_CODES.flatMap(([code, about]) => entry(text(code), about)),
    ),
  ].join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title.toUpperCase()}`, ...lines].join('\n');
}

/** A term in bold, which is already escaped, and its explanation. */
function entry(term: string, about: string): string[] {
  return ['.TP', `.B ${term}`, text(about)];
}

function commandEntry({ name, usage, summary }: CommandSpec): string[] {
  return entry(text(`${name} ${usage}`.trimEnd()), summary);
}

function optionGroup(group: (typeof FLAG_GROUPS)[number]): string[] {
  const own = (FLAGS as readonly Flag[]).filter(flag => flag.group === group);
  return [`.SS ${group}`, ...own.flatMap(flag => entry(text(written(flag)), flagHelp(flag)))];
}

function written(flag: Flag): string {
  return `${flag.short ? `-${flag.short}, ` : ''}${flagUsage(flag)}`;
}

function keyGroup(group: (typeof KEY_GROUPS)[number]): string[] {
  const own = KEYS.filter(key => key.group === group);
  return [
    `.SS ${group}`,
    ...own.flatMap(({ label, help, mode }) => entry(text(label), mode ? `${help} (${mode})` : help)),
  ];
}

function pluginEntry({
  name,
  summary,
  options,
}: Pick<DetectorPlugin, 'name' | 'summary' | 'options'>): string[] {
  const own = Object.entries(options).flatMap(([option, spec]) => entry(text(option), optionHelp(spec)));
  return [...entry(text(name), summary), ...(own.length > 0 ? ['.RS', ...own, '.RE'] : [])];
}

/** In ASCII, which every locale can show, with what troff would take for a request, an escape or a dash escaped. */
function text(words: string): string {
  return asciiOnly(words.replaceAll('…', '...'))
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replace(/^\./, '\\&.');
}
