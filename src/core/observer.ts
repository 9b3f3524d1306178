import type { TargetId } from './sample.js';

/** No TARGET that we watch ourselves has one: no host name, address or URL's host does. */
const MARK = '@';

/** The identity of a target as another observer sees it: its own there, and the observer's name behind it. */
export function observedId(target: TargetId, observer: string): TargetId {
  return `${target}${MARK}${observer}`;
}

/** The name of the other observer that sees the target, or an empty text for ourselves. */
export function observerOf(target: TargetId): string {
  const at = target.lastIndexOf(MARK);
  return at < 0 ? '' : target.slice(at + 1);
}

/** The same target as another observer among `targets` sees it; we ourselves first. */
export function seenByOthers(target: TargetId, targets: readonly TargetId[]): TargetId | undefined {
  const seen = subjectOf(target);
  const others = targets.filter(other => other !== target && subjectOf(other) === seen);
  return others.find(other => other === seen) ?? others[0];
}

/** The target without the observer. */
export function subjectOf(target: TargetId): TargetId {
  const at = target.lastIndexOf(MARK);
  return at < 0 ? target : target.slice(0, at);
}
