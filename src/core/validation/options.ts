import { formatDuration, parseDuration } from '../format/duration.js';
import { unknownName } from '../format/nearest-name.js';

/** One numeric parameter of a plugin; the command line, the help and the checks derive from it. */
export interface OptionSpec {
  default: number;
  /** `ms` also accepts durations such as `1.5s`. */
  unit: string;
  help: string;
  min: number;
  max: number;
  /** Only whole numbers. */
  whole?: true;
  /** What it is if only its name is given; absent: a value is needed. */
  bare?: number;
}

export type OptionSpecs = Record<string, OptionSpec>;
export type Options<Specs extends OptionSpecs> = { [Name in keyof Specs]: number };

/** Splits `NAME[:k=v,…]`; a name alone has an empty value. Throws a RangeError if a part is neither. */
export function parseSelection(text: string): { name: string; given: Record<string, string> } {
  const [name = '', ...rest] = text.split(':');
  const pairs = rest.join(':').split(',').filter(Boolean);
  const given = pairs.map(pair => {
    const [key, value, extra] = pair.split('=');
    if (!key || value === '' || extra !== undefined)
      throw new RangeError(`"${pair}" in "${text}" is not an option: write ${name}:name=value,…`);
    return [key, value ?? ''] as const;
  });
  return { name, given: Object.fromEntries(given) };
}

/** Fills in defaults and checks what was given. Throws a RangeError that names what was expected. */
export function resolveOptions<Specs extends OptionSpecs>(
  owner: string,
  specs: Specs,
  given: Record<string, string> = {},
): Options<Specs> {
  for (const key of Object.keys(given))
    if (!Object.hasOwn(specs, key)) throw unknownName(`option of ${owner}`, key, Object.keys(specs));
  return Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [key, readValue(`${owner}:${key}`, spec, given[key])]),
  ) as Options<Specs>;
}

/** The default values. */
export function defaultOptions(specs: OptionSpecs): Record<string, number> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
}

function readValue(name: string, spec: OptionSpec, text: string | undefined): number {
  if (text === undefined) return spec.default;
  if (text === '' && spec.bare !== undefined) return spec.bare;
  if (text === '') throw new RangeError(`${name} needs a value: write ${name}=${spec.default}`);
  const value = spec.unit === 'ms' ? parseDuration(text) : Number(text);
  if (value >= spec.min && value <= spec.max && (!spec.whole || Number.isInteger(value))) return value;
  throw new RangeError(`${name} must be ${describeRange(spec)}, not "${text}"`);
}

function describeRange({ min, max, unit, whole }: OptionSpec): string {
  const show = (value: number) =>
    unit === 'ms' && Number.isFinite(value) ? formatDuration(value) : String(value);
  const kind = whole ? 'a whole number ' : '';
  return max === Infinity ? `${kind}at least ${show(min)}` : `${kind}between ${show(min)} and ${show(max)}`;
}
