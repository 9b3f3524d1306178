import type { Millis } from '../core/sample.js';
import type { ActiveTarget } from './active-target.js';
import { type Address, resolve } from './resolve.js';

/** A name is looked up again at most this often. */
export const LOOKUP_INTERVAL_MS: Millis = 5000;

/** Looks up the names of silent hosts: they may have moved to another address. */
export function lookUpSilentTargets(
  targets: Iterable<ActiveTarget>,
  time: Millis,
  family: 4 | 6 | undefined,
  found: (target: ActiveTarget, address: Address) => void,
): void {
  for (const target of targets) {
    const { spec, lastReplyAt, lookedUpAt } = target;
    if (time - Math.max(lastReplyAt, lookedUpAt) < LOOKUP_INTERVAL_MS || spec.scheme === 'sim') continue;
    target.lookedUpAt = time;
    resolve(spec, family).then(
      address => found(target, address),
      () => {}, // it keeps its address and is looked up again later
    );
  }
}
