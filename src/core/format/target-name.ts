import type { TargetId } from '../sample.js';
import type { TargetInfo } from '../session-info.js';
import { printable } from './text.js';

/** The mark of a target that is not real. */
export const SIMULATED = 'SIMULATED';

/** How a target is called on screen. */
export interface NamedTarget {
  name: string;
  simulated: boolean;
}

export function named({ name, simulated }: NamedTarget): NamedTarget {
  return { name: printable(name), simulated };
}

/** How the identity of a simulated VM begins. */
const SCHEME = 'sim:';

/** The name of a target that is not watched any more: its identity, and of a simulated VM the name in it. */
export function formerName(id: TargetId): NamedTarget {
  const simulated = id.startsWith(SCHEME);
  return { name: simulated ? id.slice(SCHEME.length) : id, simulated };
}

/** The name of a target, or its identity if it is not watched any more. */
export function namedTarget(id: TargetId, targets: readonly TargetInfo[]): NamedTarget {
  return named(targets.find(({ target }) => target === id) ?? formerName(id));
}
