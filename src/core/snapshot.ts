import { bytesFromBase64, bytesToBase64 } from './base64.js';

/** State as plain data that JSON carries without loss. */
export type Frozen =
  | null
  | boolean
  | number
  | string
  | readonly Frozen[]
  | { readonly [key: string]: Frozen };

/** What a walk over the state can't find out by itself. */
export interface Atlas {
  /** Makes blank instances, to be filled, of classes whose instances come and go. */
  blanks?: Record<string, () => object>;
  /** Objects that are named rather than copied, such as the lines of a table. */
  constants?: Record<string, object>;
}

/** The state can't be put into words, or what was read does not fit the object it is for. */
export class SnapshotError extends Error {
  override name = 'SnapshotError';
}

const ARRAYS = { Float64Array, Int32Array, Uint32Array, Uint16Array, Uint8Array };
type ArrayName = keyof typeof ARRAYS;
type TypedArray = InstanceType<(typeof ARRAYS)[ArrayName]>;
/** Marks what JSON has no word for; an object that has this key itself is marked too. */
const MARK = '$';
/** Deeper than any detector nests; a cycle would have no end. */
const DEEPEST = 50;
const NUMBERS: Record<string, number> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };

/**
 * Copies an object's own fields, and theirs. Methods, functions and what closures or `#private` fields hold are not
 * seen. Throws a SnapshotError for what has no end (cycles) or can't be copied (promises, weak maps).
 */
export function freeze(value: unknown, atlas: Atlas = {}, depth = 0): Frozen {
  if (depth > DEEPEST) throw new SnapshotError('the state nests too deeply, or holds itself');
  const inner = (part: unknown) => freeze(part, atlas, depth + 1);
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [MARK]: Object.is(value, -0) ? '-0' : String(value) };
    case 'undefined':
      return { [MARK]: 'undefined' };
    case 'object':
      return value === null ? null : freezeObject(value, atlas, inner);
    default:
      throw new SnapshotError(`a ${typeof value} is no state that can be kept`);
  }
}

function freezeObject(value: object, atlas: Atlas, inner: (part: unknown) => Frozen): Frozen {
  const constant = Object.entries(atlas.constants ?? {}).find(([, known]) => known === value);
  if (constant) return { [MARK]: 'constant', of: constant[0] };
  if (Array.isArray(value)) return value.map(inner);
  const name = className(value);
  if (value instanceof Map)
    return { [MARK]: 'Map', of: [...value].map(([key, each]) => [inner(key), inner(each)]) };
  if (value instanceof Set) return { [MARK]: 'Set', of: [...value].map(inner) };
  if (isTyped(value))
    return {
      [MARK]: name,
      of: bytesToBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
    };
  if (/^(Promise|Weak(Map|Set|Ref)|Date|RegExp)$/.test(name))
    throw new SnapshotError(`a ${name} is no state that can be kept`);
  const fields = Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => typeof field !== 'function')
      .map(([key, field]) => [key, inner(field)]),
  );
  if (name !== 'Object') return { [MARK]: 'class', name, of: fields };
  return Object.hasOwn(value, MARK) ? { [MARK]: 'Object', of: fields } : fields;
}

/**
 * Gives `into`, made the same way as what was frozen, the frozen state. Instances of classes, Maps, Sets and typed
 * arrays are filled where they are; for anything else the value that is returned takes the place of `into`.
 * Throws a SnapshotError where a field is of another type than the one that is there.
 */
export function thaw(frozen: Frozen, into?: unknown, atlas: Atlas = {}): unknown {
  if (frozen === null || typeof frozen !== 'object') return fitting(frozen, into);
  if (Array.isArray(frozen)) {
    if (into !== undefined && !Array.isArray(into)) throw misfit('a list', into);
    return frozen.map((each, index) => thaw(each, (into as unknown[] | undefined)?.[index], atlas));
  }
  const marked = frozen as { [key: string]: Frozen };
  if (!Object.hasOwn(marked, MARK)) return thawPlain(marked, into, atlas);
  return thawMarked(marked, into, atlas);
}

function thawMarked(frozen: { [key: string]: Frozen }, into: unknown, atlas: Atlas): unknown {
  const mark = String(frozen[MARK]);
  const { of } = frozen;
  if (mark === 'undefined') return undefined;
  if (Object.hasOwn(NUMBERS, mark)) return fitting(NUMBERS[mark]!, into);
  if (Object.hasOwn(ARRAYS, mark)) return thawTyped(mark as ArrayName, of, into);
  if (mark === 'Object') return thawPlain(objectOf(of), into, atlas);
  if (mark === 'class') return thawInstance(String(frozen.name), objectOf(of), into, atlas);
  if (mark === 'constant') {
    const { constants = {} } = atlas;
    if (typeof of === 'string' && Object.hasOwn(constants, of)) return constants[of];
    throw new SnapshotError(`no constant is called ${JSON.stringify(of)} here`);
  }
  if ((mark !== 'Map' && mark !== 'Set') || !Array.isArray(of))
    throw new SnapshotError(`${JSON.stringify(mark)} marks nothing that is known here`);
  return mark === 'Map' ? thawMap(of, into, atlas) : thawSet(of, into, atlas);
}

function thawMap(pairs: readonly Frozen[], into: unknown, atlas: Atlas): Map<unknown, unknown> {
  const map = into ?? new Map();
  if (!(map instanceof Map)) throw misfit('a Map', into);
  const entries = pairs.map(pair => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new SnapshotError('a Map needs pairs of key and value');
    const key = thaw(pair[0], undefined, atlas);
    return [key, thaw(pair[1], map.get(key), atlas)] as const;
  });
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
  return map;
}

function thawSet(items: readonly Frozen[], into: unknown, atlas: Atlas): Set<unknown> {
  const set = into ?? new Set();
  if (!(set instanceof Set)) throw misfit('a Set', into);
  set.clear();
  for (const item of items) set.add(thaw(item, undefined, atlas));
  return set;
}

function thawInstance(name: string, fields: { [key: string]: Frozen }, into: unknown, atlas: Atlas): unknown {
  const blanks = atlas.blanks ?? {};
  const blank = Object.hasOwn(blanks, name) ? blanks[name]! : undefined;
  const instance = into ?? blank?.();
  if (instance === undefined) throw new SnapshotError(`a ${name} can't be made here`);
  if (typeof instance !== 'object' || instance === null || className(instance) !== name)
    throw misfit(`a ${name}`, instance);
  return Object.assign(instance, thawFields(fields, instance as Record<string, unknown>, atlas));
}

/** A new object, since the one that is there may be a constant that others share; only its functions are kept. */
function thawPlain(fields: { [key: string]: Frozen }, into: unknown, atlas: Atlas): object {
  if (into !== undefined && into !== null && (typeof into !== 'object' || className(into) !== 'Object'))
    throw misfit('an object', into);
  const there = (into ?? {}) as Record<string, unknown>;
  const functions = Object.entries(there).filter(([, value]) => typeof value === 'function');
  return { ...Object.fromEntries(functions), ...thawFields(fields, there, atlas) };
}

function thawFields(fields: { [key: string]: Frozen }, there: Record<string, unknown>, atlas: Atlas): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, frozen]) => {
      if (key === '__proto__' || typeof there[key] === 'function')
        throw new SnapshotError(`${JSON.stringify(key)} is no field to restore`);
      return [key, thaw(frozen, Object.hasOwn(there, key) ? there[key] : undefined, atlas)];
    }),
  );
}

function thawTyped(name: ArrayName, of: Frozen | undefined, into: unknown): TypedArray {
  if (typeof of !== 'string') throw new SnapshotError(`a ${name} needs base64`);
  const bytes = bytesFromBase64(of);
  const type = ARRAYS[name];
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0)
    throw new SnapshotError(`the bytes of a ${name} are cut short`);
  const array = new type(bytes.buffer as ArrayBuffer);
  if (into === undefined) return array;
  if (!isTyped(into) || className(into) !== name || into.length !== array.length)
    throw misfit(`a ${name} of ${array.length}`, into);
  into.set(array);
  return into;
}

/** A plain value; anything may stand where nothing was before. */
function fitting(value: null | boolean | number | string, into: unknown): typeof value {
  if (into !== undefined && into !== null && typeof into !== typeof value)
    throw misfit(`a ${typeof value}`, into);
  return value;
}

function objectOf(of: Frozen | undefined): { [key: string]: Frozen } {
  if (typeof of === 'object' && of !== null && !Array.isArray(of)) return of as { [key: string]: Frozen };
  throw new SnapshotError('fields were expected');
}

function isTyped(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && Object.hasOwn(ARRAYS, className(value));
}

function className(value: object): string {
  const maker = value.constructor;
  return typeof maker === 'function' ? maker.name : 'Object';
}

function misfit(came: string, into: unknown): SnapshotError {
  const there = typeof into === 'object' && into !== null ? `a ${className(into)}` : `a ${typeof into}`;
  return new SnapshotError(`${came} came where ${there} is kept`);
}
