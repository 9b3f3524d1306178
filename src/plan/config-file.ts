import { unknownName } from '../core/format/nearest-name.js';
import { checkWords, FLAGS, type Flag, type FlagName, type FlagValues } from './flags.js';

/** The flags that a configuration file may hold. */
export const SETTINGS: readonly (Flag & { name: FlagName })[] = FLAGS.filter((flag: Flag) => !flag.once);

/** Names that begin with this are comments, which JSON lacks. */
const COMMENT = '//';

/** Converts the content of a configuration file to flag values. Throws an Error that names the invalid setting. */
export function flagsFromConfig(text: string, file: string): FlagValues {
  const given = Object.entries(parseObject(text, file));
  return Object.fromEntries(
    given
      .filter(([name, value]) => !name.startsWith(COMMENT) && value !== null)
      .map(([name, value]) => {
        const flag = SETTINGS.find(setting => setting.name === name);
        if (flag) return [name, settingOf(flag, value, file)];
        const known = SETTINGS.map(setting => setting.name);
        throw new Error(`${file}: ${unknownName('setting', name, known).message}`);
      }),
  );
}

/** A configuration file with every setting at its default, and a comment on each. */
export function configTemplate(help: (flag: Flag) => string): string {
  const lines = SETTINGS.flatMap(flag => [
    [`${COMMENT}${flag.name}`, `${flag.value ? `${flag.value}: ` : ''}${help(flag)}`],
    [flag.name, null],
  ]);
  const about = 'settings of migwatch: flags by their long names; null leaves the default';
  return `${JSON.stringify(Object.fromEntries([[COMMENT, about], ...lines]), null, 2)}\n`;
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
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
  const expected = flag.repeatable
    ? 'a string or a list of strings'
    : flag.value
      ? 'a string'
      : 'true or false';
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
