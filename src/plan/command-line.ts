import meow from 'meow';
import { nearest, unknownName } from '../core/format/nearest-name.js';
import { UsageError } from '../core/validation/usage-error.js';
import type { CommandSpec } from './command-spec.js';
import {
  COMMON_FLAGS,
  checkWords,
  FLAGS,
  type Flag,
  type FlagName,
  type FlagValues,
  flagNames,
} from './flags.js';

/** The arguments, read. `Command` is the type of the registry's entries. */
export interface CommandLine<Command extends CommandSpec = CommandSpec> {
  command: Command;
  /** The registry that the command comes from; its first entry is the default. */
  commands: readonly Command[];
  /** The user named the command. */
  explicit: boolean;
  /** The command that the first word resembles, if no command was named. */
  resembles?: string;
  /** The words after the command's name. */
  words: readonly string[];
  flags: FlagValues;
}

/**
 * Reads the arguments with a registry of commands, which must not be empty. A first word that is not a command is a word
 * for the first of them. Throws a UsageError for a flag that is unknown, lacks its value or comes twice.
 */
export function readCommandLine<Command extends CommandSpec>(
  argv: readonly string[],
  commands: readonly Command[],
): CommandLine<Command> {
  refuseNegations(argv);
  const { input, flags, unnormalizedFlags } = parse(joinValues(argv));
  const known = new Set<string>(
    FLAGS.flatMap(({ name, short }: Flag) => [camel(name), ...(short ? [short] : [])]),
  );
  const unknown = Object.keys(unnormalizedFlags).find(key => !known.has(key));
  if (unknown !== undefined)
    throw new UsageError(unknownName('flag', dashed(unknown), flagNames.map(dashed)).message);
  const named = commands.find(({ name }) => name === input[0]);
  const command = named ?? commands[0]!;
  const values = valuesOf(flags);
  checkTaken(command, values);
  const commandNames = commands.map(({ name }) => name);
  const resembles = named || input[0] === undefined ? undefined : nearest(input[0], commandNames);
  return {
    ...{ command, commands },
    explicit: named !== undefined,
    ...(resembles !== undefined && { resembles }),
    words: named ? input.slice(1) : input,
    flags: values,
  };
}

/** Throws a UsageError for `--no-record` and the like, which the parser takes for a flag without its value. */
function refuseNegations(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const given = argv.slice(0, end < 0 ? argv.length : end);
  const negated = FLAGS.find(({ name, value }: Flag) => value && given.includes(`--no-${name}`));
  if (negated)
    throw new UsageError(`--no-${negated.name}: expected no such flag; leave out --${negated.name}`);
}

/** Throws a UsageError for a flag that only other commands take. */
function checkTaken({ name, flags }: CommandSpec, given: FlagValues): void {
  const taken: readonly FlagName[] = [...flags, ...COMMON_FLAGS];
  const stray = Object.keys(given).find(flag => !taken.includes(flag as FlagName));
  if (stray !== undefined)
    throw new UsageError(unknownName(`flag of migwatch ${name}`, dashed(stray), taken.map(dashed)).message);
}

/** Flags whose value may be `-`, for standard input. */
const READS_STDIN: Record<string, string> = {
  '-f': '--file',
  '--file': '--file',
  '--expect': '--expect',
  '--notes': '--notes',
};
/** A flag whose value may begin with a minus. */
const SIGNED = '--time-offset';
const NEGATIVE = /^-\d/;
const RECORD = /^(-r|--record)$/;
const RECORDING = /\.jsonl$/;

/**
 * Joins flags and values that the parser would separate wrongly: the dash of `-f -` is not a target, and `-r` takes the next
 * word only if that can only be a recording.
 */
function joinValues(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    const [before = '', next = ''] = [argv[index - 1], argv[index + 1]];
    if (word === '-' && Object.hasOwn(READS_STDIN, before)) return [];
    if (before === SIGNED && NEGATIVE.test(word)) return [];
    if (word === SIGNED && NEGATIVE.test(next)) return [`${word}=${next}`];
    if (RECORD.test(word)) return [`--record=${RECORDING.test(next) ? next : ''}`];
    if (RECORD.test(before) && RECORDING.test(word)) return [];
    return Object.hasOwn(READS_STDIN, word) && next === '-' ? [`${READS_STDIN[word]}=-`] : [word];
  });
}

function parse(argv: readonly string[]) {
  const specs = Object.fromEntries(
    FLAGS.map(({ name, short, value, repeatable }: Flag) => [
      camel(name),
      {
        type: value ? 'string' : 'boolean',
        ...(short && { shortFlag: short }),
        ...(repeatable && { isMultiple: true }),
      },
    ]),
  ) as Record<string, { type: 'string' | 'boolean' }>;
  try {
    return meow({
      importMeta: import.meta,
      argv,
      flags: specs,
      booleanDefault: undefined,
      autoHelp: false,
      autoVersion: false,
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function valuesOf(flags: Record<string, unknown>): FlagValues {
  const values: FlagValues = {};
  for (const flag of FLAGS as readonly Flag[]) {
    const { name, value, optional } = flag;
    const given = flags[camel(name)];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    if (value && !optional && [given].flat().includes(''))
      throw new UsageError(`${dashed(name)} needs a value: ${dashed(name)} ${value}`);
    try {
      checkWords(flag, given as string);
    } catch (cause) {
      throw new UsageError((cause as Error).message, { cause });
    }
    values[name as keyof FlagValues] = given as string | string[] | boolean;
  }
  return values;
}

function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function dashed(name: string): string {
  const kebab = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
}
