import meow from 'meow';
import { nearest, unknownName } from '../core/format/nearest-name.js';
import { UsageError } from '../core/usage-error.js';
import { COMMON_FLAGS, checkWords, FLAGS, type Flag, type FlagValues, flagNames } from '../plan/flags.js';
import { type Command, commandNames, commands } from './commands/index.js';

export interface CommandLine {
  command: Command;
  /** The user named the command. */
  explicit: boolean;
  /** The command that the first word may have been meant for, where none was named. */
  resembles?: string;
  /** The words after it. */
  words: readonly string[];
  flags: FlagValues;
}

/** Reads the arguments. Throws a UsageError for a flag that is not known, lacks its value, or comes twice. */
export function readCommandLine(argv: readonly string[]): CommandLine {
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
  const resembles = named || input[0] === undefined ? undefined : nearest(input[0], commandNames);
  return {
    command,
    explicit: named !== undefined,
    ...(resembles !== undefined && { resembles }),
    words: named ? input.slice(1) : input,
    flags: values,
  };
}

/** A flag of another command is no less a mistake than one that there is not. */
function checkTaken({ name, flags }: Command, given: FlagValues): void {
  const taken: readonly string[] = [...flags, ...COMMON_FLAGS];
  const stray = Object.keys(given).find(flag => !taken.includes(flag));
  if (stray !== undefined)
    throw new UsageError(unknownName(`flag of migwatch ${name}`, dashed(stray), taken.map(dashed)).message);
}

/** Flags whose value may be a lone dash. */
const READS_STDIN: Record<string, string> = {
  '-f': '--file',
  '--file': '--file',
  '--expect': '--expect',
  '--notes': '--notes',
};
const RECORD = /^(-r|--record)$/;
const RECORDING = /\.jsonl$/;

/**
 * What the parser would take apart wrongly: `-f -`, whose lone dash is no target, and `-r`, which takes no next word but
 * one that can be nothing but a recording.
 */
function joinValues(argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    const [before = '', next = ''] = [argv[index - 1], argv[index + 1]];
    if (word === '-' && Object.hasOwn(READS_STDIN, before)) return [];
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
