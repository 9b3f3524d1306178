import type { Millis } from '../core/sample.js';
import type { ActiveTarget } from './active-target.js';
import { type Address, resolve } from './resolve.js';

/** So long a name is given before it is looked up again. */
export const LOOKUP_INTERVAL_MS: Millis = 5000;

/** A host that stays silent may have moved to another address: looks its name up. */
export function lookUpSilentTargets(
  members: Iterable<ActiveTarget>,
  time: Millis,
  family: 4 | 6 | undefined,
  found: (member: ActiveTarget, address: Address) => void,
): void {
  for (const member of members) {
    const { spec, lastReplyAt, lookedUpAt } = member;
    if (time - Math.max(lastReplyAt, lookedUpAt) < LOOKUP_INTERVAL_MS || spec.scheme === 'sim') continue;
    member.lookedUpAt = time;
    resolve(spec, family).then(
      address => found(member, address),
      () => {}, // it stays where it was, and is looked up again
    );
  }
}
