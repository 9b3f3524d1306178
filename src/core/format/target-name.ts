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

/** The name of a target that is not watched any more: its identity, which begins with `sim:` if it was simulated. */
export function formerName(id: TargetId): NamedTarget {
  return { name: id, simulated: id.startsWith('sim:') };
}

/** The name of a target, or its identity if it is not watched any more. */
export function namedTarget(id: TargetId, targets: readonly TargetInfo[]): NamedTarget {
  return named(targets.find(({ target }) => target === id) ?? formerName(id));
}
