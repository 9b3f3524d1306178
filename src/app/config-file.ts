import { unknownName } from '../core/format/nearest-name.js';
import { checkWords, FLAGS, type Flag, type FlagName, type FlagValues } from '../plan/flags.js';
import { commands } from './commands/index.js';

/** What is asked for once. */
const NOT_IN_CONFIG = new Set<FlagName>(['record', 'force', 'notes', 'expect']);
const READERS = commands.filter(({ flags }) => flags.includes('config'));

/** The flags that a configuration file may hold: those of the commands that read one. */
export const SETTINGS: readonly (Flag & { name: FlagName })[] = FLAGS.filter(
  ({ name, group }) =>
    group !== 'General' && !NOT_IN_CONFIG.has(name) && READERS.some(({ flags }) => flags.includes(name)),
);

/** Names that begin so are remarks: JSON has no comments. */
const REMARK = '//';

/** Checks a configuration file's content and brings it into the form of flags. Throws an Error that says what is wrong. */
export function flagsFromConfig(text: string, file: string): FlagValues {
  const given = Object.entries(parseObject(text, file));
  return Object.fromEntries(
    given
      .filter(([name, value]) => !name.startsWith(REMARK) && value !== null)
      .map(([name, value]) => {
        const flag = SETTINGS.find(setting => setting.name === name);
        if (flag) return [name, settingOf(flag, value, file)];
        const known = SETTINGS.map(setting => setting.name);
        throw new Error(`${file}: ${unknownName('setting', name, known).message}`);
      }),
  );
}

/** A configuration file with every setting as it is without one, and a remark on each. */
export function configTemplate(help: (flag: Flag) => string): string {
  const lines = SETTINGS.flatMap(flag => [
    [`${REMARK}${flag.name}`, `${flag.value ? `${flag.value}: ` : ''}${help(flag)}`],
    [flag.name, null],
  ]);
  const about = 'settings of migwatch: flags by their long names; null leaves the default';
  return `${JSON.stringify(Object.fromEntries([[REMARK, about], ...lines]), null, 2)}\n`;
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error(`${file} must hold one JSON object of settings, such as {"interval": "100ms"}`);
}

function settingOf(flag: Flag, value: unknown, file: string): string | string[] | boolean {
  const isText = typeof value === 'string';
  const isTexts = Array.isArray(value) && value.every(item => typeof item === 'string');
  if (flag.repeatable && (isText || isTexts)) return isText ? [value] : (value as string[]);
  if (flag.value && !flag.repeatable && isText) return word(flag, value, file);
  if (!flag.value && typeof value === 'boolean') return value;
  const expected = flag.repeatable ? 'a text or a list of texts' : flag.value ? 'a text' : 'true or false';
  throw new Error(`${file}: "${flag.name}" must be ${expected}, not ${JSON.stringify(value)}`);
}

function word(flag: Flag, value: string, file: string): string {
  try {
    checkWords(flag, value);
    return value;
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}
