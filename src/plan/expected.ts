import { nearest } from '../core/format/nearest-name.js';
import { safeJson } from '../core/format/safe-json.js';
import type { TargetId } from '../core/sample.js';
import type { TargetInfo } from '../core/session-info.js';
import { parseTargetList, type TargetSpec } from './targets.js';

/** The names by which a list may mean a target. */
export type NamedTarget = Pick<TargetSpec, 'id' | 'name' | 'host'>;

/** The targets of a recording, by the names that a list may use. */
export function recordedNames(targets: readonly TargetInfo[]): NamedTarget[] {
  return targets.map(({ target, name, address }) => ({ id: target, name, host: address }));
}

/**
 * The targets that are expected to move, from a list that names each by label, host or TARGET, one a line; `#` starts a
 * comment. A name that several targets share means all of them: they are one VM, watched in several ways.
 * Throws a RangeError for an empty list and for a name that no target has.
 */
export function expectedTargets(text: string, file: string, targets: readonly NamedTarget[]): TargetId[] {
  const names = parseTargetList(text);
  if (names.length === 0)
    throw new RangeError(`${file} is empty: write the targets that are expected to move, one a line`);
  const targetsByName = new Map<string, TargetId[]>();
  for (const target of targets)
    for (const name of new Set([target.name, target.host, target.id, `${target.name}=${target.id}`]))
      targetsByName.set(name, [...(targetsByName.get(name) ?? []), target.id]);
  const found = names.flatMap(
    name => targetsByName.get(name) ?? refuse(name, file, [...targetsByName.keys()]),
  );
  return [...new Set(found)];
}

function refuse(name: string, file: string, known: readonly string[]): never {
  const guess = nearest(name, known);
  const hint = guess
    ? `Did you mean ${safeJson(guess)}?`
    : 'Write the label, host or TARGET of a watched target.';
  throw new RangeError(`${file} lists ${safeJson(name)}, which is not watched. ${hint}`);
}
