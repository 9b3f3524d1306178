import { nearest } from '../core/format/nearest-name.js';
import { safeJson } from '../core/format/safe-json.js';
import type { TargetId } from '../core/sample.js';
import { parseTargetList, type TargetSpec } from './targets.js';

/**
 * The targets that are going to move, from a list that names each by label, host or TARGET, one a line, `#` beginning a
 * comment. A name that several targets share means all of them: they are one VM, watched in several ways.
 * Throws a RangeError for an empty list, and for a name that is no target's.
 */
export function expectedTargets(text: string, file: string, targets: readonly TargetSpec[]): TargetId[] {
  const names = parseTargetList(text);
  if (names.length === 0)
    throw new RangeError(`${file} names nobody who is going to move: write one target a line`);
  const called = new Map<string, TargetId[]>();
  for (const target of targets)
    for (const name of new Set([target.name, target.host, target.id, `${target.name}=${target.id}`]))
      called.set(name, [...(called.get(name) ?? []), target.id]);
  const found = names.flatMap(name => called.get(name) ?? refuse(name, file, [...called.keys()]));
  return [...new Set(found)];
}

function refuse(name: string, file: string, known: readonly string[]): never {
  const guess = nearest(name, known);
  const hint = guess ? `Did you mean ${safeJson(guess)}?` : 'Write a label, host or TARGET that is watched.';
  throw new RangeError(`${file} expects ${safeJson(name)} to move, which is not watched. ${hint}`);
}
