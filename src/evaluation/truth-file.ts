import { EVENT_KINDS } from '../core/event.js';
import { unknownName } from '../core/format/nearest-name.js';
import { isMoment } from '../core/validation/shape.js';
import { readTextFile } from '../system/input-file.js';
import { CAUSES, spanOf, type TruthItem } from './truth.js';

const TYPES: readonly string[] = [
  ...new Set([...EVENT_KINDS.filter(kind => kind !== 'unclear'), ...Object.keys(CAUSES)]),
];
/** What a report of a cause may be. */
const ANSWERS: readonly string[] = [...TYPES, 'unclear', 'nothing'];

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
  for (const field of ['start', 'stop', 'resume', 'end', 'away', 'back'] as const)
    if (item[field] !== undefined && !isUnixTime(item[field]))
      throw new Error(
        `label ${index + 1}: "${field}" must be a moment in Unix seconds, before the year 2255`,
      );
  const also: unknown = item.also ?? [];
  if (!Array.isArray(also)) throw new Error(`label ${index + 1}: "also" must be a list of types`);
  for (const answer of also)
    if (!ANSWERS.includes(answer))
      throw unknownName(`type in "also" of label ${index + 1}`, `${answer}`, ANSWERS);
  spanOf(item as TruthItem);
}

function isUnixTime(value: unknown): boolean {
  return typeof value === 'number' && isMoment(value * 1000);
}
