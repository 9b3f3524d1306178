import { EVENT_KINDS } from '../core/event.js';
import { nearest, unknownName } from '../core/format/nearest-name.js';
import { isMoment } from '../core/validation/shape.js';
import { readTextFile } from '../system/input-file.js';
import { CAUSES, spanOf, type TruthItem } from './truth.js';

const TYPES: readonly string[] = [
  ...new Set([...EVENT_KINDS.filter(kind => kind !== 'unclear'), ...Object.keys(CAUSES)]),
];
const MOMENTS = ['start', 'stop', 'resume', 'end', 'away', 'back'] as const;
/** The moments of a migration, as they follow one another. */
const ORDER = ['start', 'stop', 'resume'] as const;
/** The other fields that a label may have. */
const OTHERS = {
  total_ms: { is: isDuration, must: 'a number of milliseconds' },
  qemu_downtime_ms: { is: isDuration, must: 'a number of milliseconds' },
  status: { is: isText, must: 'a text' },
  note: { is: isText, must: 'a text' },
};
/** A field that nearly has one of these names is mistyped; all others are ignored. */
const FIELDS: readonly string[] = ['type', 'target', 'also', ...MOMENTS, ...Object.keys(OTHERS)];
/** What a report of a cause may be. */
const ANSWERS: readonly string[] = [...TYPES, 'unclear', 'nothing'];

/** The labels of a file. */
export interface TruthFile {
  path: string;
  truth: readonly TruthItem[];
}

/** Reads a file of labels. Throws an Error that says what is wrong with it. */
export function readTruthFile(path: string): TruthFile {
  return { path, truth: readTruth(path) };
}

/** Reads labels: a JSON object with a list `truth`. Throws an Error that says what is wrong with the file. */
export function readTruth(path: string): TruthItem[] {
  try {
    const labels: unknown = JSON.parse(readTextFile(path));
    const items = (labels as { truth?: unknown } | null)?.truth;
    if (!Array.isArray(items))
      throw new Error('labels are a JSON object with a list "truth" of {type, target, stop, resume}');
    items.forEach(check);
    return items as TruthItem[];
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}

function check(candidate: unknown, index: number): void {
  const item = candidate as Partial<TruthItem> | null;
  if (typeof item?.type !== 'string' || typeof item.target !== 'string')
    throw new Error(`label ${index + 1} needs a type and a target`);
  if (!TYPES.includes(item.type)) throw unknownName(`type of label ${index + 1}`, item.type, TYPES);
  for (const field of Object.keys(item))
    if (!FIELDS.includes(field) && nearest(field, FIELDS) !== undefined)
      throw unknownName(`field of label ${index + 1}`, field, FIELDS);
  for (const field of MOMENTS)
    if (item[field] !== undefined && !isUnixTime(item[field]))
      throw new Error(
        `label ${index + 1}: "${field}" must be a moment in Unix seconds, before the year 2255`,
      );
  const also: unknown = item.also ?? [];
  if (!Array.isArray(also)) throw new Error(`label ${index + 1}: "also" must be a list of types`);
  for (const answer of also)
    if (!ANSWERS.includes(answer))
      throw unknownName(`type in "also" of label ${index + 1}`, `${answer}`, ANSWERS);
  for (const [field, { is, must }] of Object.entries(OTHERS))
    if (!is((item as Record<string, unknown>)[field] ?? undefined))
      throw new Error(`label ${index + 1}: "${field}" must be ${must}`);
  checkOrder(item as TruthItem, index);
}

/** The moments of a label are in the order in which they happen. */
function checkOrder(item: TruthItem, index: number): void {
  spanOf(item);
  const given = ORDER.filter(field => item[field] !== undefined);
  for (const [place, field] of given.slice(1).entries()) {
    const before = given[place]!;
    if (item[before]! > item[field]!)
      throw new Error(`label ${index + 1}: "${before}" must not be later than "${field}"`);
  }
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isDuration(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0);
}

function isUnixTime(value: unknown): boolean {
  return typeof value === 'number' && isMoment(value * 1000);
}
