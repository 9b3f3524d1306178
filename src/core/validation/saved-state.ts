import { bytesFromBase64, bytesToBase64 } from '../format/base64.js';
import type { Millis } from '../sample.js';

/** Plain data that JSON carries without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Saved state that does not fit the part it is for. The message names the field. */
export class StateError extends Error {
  override name = 'StateError';
}

/** How one kind of value is saved. `load` throws a StateError for whatever `save` cannot have returned. */
export interface Codec<Value> {
  save(value: Value): Json;
  load(saved: Json | undefined): Value;
}

/** State that is kept in a recording or over a jump, saved and loaded by two functions. */
export interface Stateful {
  save(): Json;
  /** Throws a StateError for state that does not fit; the part can't be used afterwards. */
  load(saved: Json): void;
}

type Fields<Value> = { [Name in keyof Value]-?: Codec<Value[Name]> };

/** Some hundred times the last moment of a recording, and a tenth of the last moment of a Date: sums of moments and durations fit. */
export const FURTHEST: Millis = 8e14;
/** The state of a detector is less deep; a cycle has no end. */
const DEEPEST = 50;
const NOT_FINITE = ['Infinity', '-Infinity', 'NaN'];

/** A value, unchanged. JSON has no infinities and no NaN, so they are saved as texts. */
function plain<Value extends Json>(fits: (value: unknown) => boolean, expected: string): Codec<Value> {
  return {
    save: value => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value),
    load: saved => {
      const value = NOT_FINITE.includes(saved as string) && !fits(saved) ? Number(saved) : saved;
      return checked(value, fits(value), expected);
    },
  };
}

/** Any number, infinities and NaN included: for statistics. */
export const anyNumber: Codec<number> = plain(value => typeof value === 'number', 'a number');
export const truth: Codec<boolean> = plain(value => typeof value === 'boolean', 'true or false');
/** A field that is present only if it is true. */
export const always: Codec<true> = plain(value => value === true, 'true');
export const text: Codec<string> = plain(value => typeof value === 'string', 'a text');
/** The state of another part, which that part checks itself. */
export const inner: Codec<Json> = { save: value => value, load: saved => saved ?? null };

export function number(low: number, high: number): Codec<number> {
  const fits = (value: unknown) => typeof value === 'number' && value >= low && value <= high;
  return plain(fits, `a number from ${low} to ${high}`);
}

/** A moment in milliseconds since 1970, which may be shown. */
export const moment = number(-FURTHEST, FURTHEST);
/** The same, or an infinite one: never. */
export const momentOrNever: Codec<Millis> = plain(
  value => typeof value === 'number' && (Math.abs(value) <= FURTHEST || Math.abs(value) === Infinity),
  'a moment or never',
);
/** A length of time. */
export const duration = number(0, FURTHEST);
/** A sum that only grows. */
export const amount = number(0, Number.MAX_VALUE);

export function integer(low: number, high: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  return plain(
    value => Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high,
    `a whole number of at least ${low}`,
  );
}

export const count = integer(0);

export function oneOf<Value extends string>(...known: readonly Value[]): Codec<Value> {
  return plain(value => known.includes(value as Value), `one of ${known.join(', ')}`);
}

export function optional<Value>(codec: Codec<Value>): Codec<Value | undefined> {
  return {
    save: value => (value === undefined ? null : codec.save(value)),
    load: saved => (saved === undefined || saved === null ? undefined : codec.load(saved)),
  };
}

/** Null stays null; in the other codecs it becomes undefined. */
export function nullable<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    save: value => (value === null ? null : codec.save(value)),
    load: saved => (saved === null ? null : codec.load(saved)),
  };
}

export function list<Value>(codec: Codec<Value>, most: number): Codec<Value[]> {
  return {
    save: values => values.map(value => codec.save(value)),
    load: saved => {
      const fits = Array.isArray(saved) && saved.length <= most;
      return checked(saved, fits, `a list of at most ${most}`).map((each: Json) => codec.load(each));
    },
  };
}

export function mapOf<Value>(codec: Codec<Value>, most: number): Codec<Map<string, Value>> {
  const pairs = list<[string, Value]>(
    {
      save: ([key, value]) => [key, codec.save(value)],
      load: pair => {
        const [key, value] = checked(pair, Array.isArray(pair) && pair.length === 2, 'a key and a value');
        return [text.load(key), named(String(key), () => codec.load(value))];
      },
    },
    most,
  );
  return { save: map => pairs.save([...map]), load: saved => new Map(pairs.load(saved)) };
}

/** At most `most` numbers from `low` to `high`, as base64 of their bytes. */
export function numbers(most: number, low: number, high: number): Codec<Float64Array> {
  return {
    save: values => bytesToBase64(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    load: saved => {
      const values = new Float64Array(bytesOf(saved, most * Float64Array.BYTES_PER_ELEMENT));
      const fits = values.every(value => value >= low && value <= high);
      return checked(values, fits, `numbers from ${low} to ${high}`);
    },
  };
}

/** Fields that are undefined are left out, and left out again when loaded. */
export function object<Value extends object>(fields: Fields<Value>): Codec<Value> {
  const names = Object.keys(fields) as (keyof Value & string)[];
  return {
    save: value =>
      Object.fromEntries(
        names.filter(name => value[name] !== undefined).map(name => [name, fields[name].save(value[name])]),
      ),
    load: saved => {
      checked(saved, isObject(saved), 'an object');
      const loaded: Partial<Value> = {};
      for (const name of names) {
        const value = named(name, () => fields[name].load(ownField(saved as object, name)));
        if (value !== undefined) loaded[name] = value;
      }
      return loaded as Value;
    },
  };
}

/** The state of one part. Its version changes with its meaning; state of another version is refused. */
export function part<Value extends object>(version: number, fields: Fields<Value>): Codec<Value> {
  const codec = object(fields);
  return {
    save: value => ({ version, ...(codec.save(value) as { [key: string]: Json }) }),
    load: saved => {
      const found = isObject(saved) ? ownField(saved, 'version') : undefined;
      checked(found, found === version, `version ${version}`);
      return codec.load(saved);
    },
  };
}

/** A copy of plain data. Throws a StateError for anything else, and for data that nests too deeply or contains itself. */
export function plainCopy(value: unknown, depth = 0): Json {
  if (depth > DEEPEST) throw new StateError('it nests too deeply');
  if (Array.isArray(value)) return value.map(each => plainCopy(each, depth + 1));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, plainCopy(each, depth + 1)] as const),
    );
  const fits = value === null || ['boolean', 'string'].includes(typeof value) || Number.isFinite(value);
  return checked(value, fits, 'plain data');
}

/** Runs `load`, and names `what` in the StateError that it throws. */
export function named<Value>(what: string, load: () => Value): Value {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new StateError(`${what}: ${error.message}`);
  }
}

/** Throws a StateError unless it fits. */
export function expectState(fits: boolean, expected: string): void {
  if (!fits) throw new StateError(`${expected} was expected`);
}

function checked(value: unknown, fits: boolean, expected: string) {
  expectState(fits, expected);
  // biome-ignore lint/suspicious/noExplicitAny: what fits is of the type that was checked
  return value as any;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownField(value: object, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? (value as Record<string, Json>)[name] : undefined;
}

function bytesOf(saved: Json | undefined, most: number): ArrayBuffer {
  const expected = `base64 of at most ${most} bytes of numbers`;
  expectState(typeof saved === 'string' && saved.length <= Math.ceil(most / 3) * 4, expected);
  let bytes: Uint8Array;
  try {
    bytes = bytesFromBase64(saved as string);
  } catch {
    throw new StateError(`${expected} was expected`);
  }
  const fits = bytes.length <= most && bytes.length % Float64Array.BYTES_PER_ELEMENT === 0;
  return checked(bytes, fits, expected).buffer as ArrayBuffer;
}
