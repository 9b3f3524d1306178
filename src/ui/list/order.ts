import type { Light } from '../../core/event.js';
import type { ListFact } from './facts.js';

/** The order of the targets: as given, worst light, name, longest median RTT or most loss first. */
export const SORTS = ['given', 'state', 'name', 'rtt', 'loss'] as const;
export type Sort = (typeof SORTS)[number];

type Compare = (a: ListFact, b: ListFact) => number;

export const SEVERITY: Record<Light, number> = { green: 0, amber: 1, red: 2 };
/** Targets without a reply sort as the slowest. */
const NEVER = Number.MAX_VALUE;
/** `web-2` before `web-10`. */
const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const COMPARE: Record<Exclude<Sort, 'given'>, Compare> = {
  state: (a, b) => SEVERITY[b.light] - SEVERITY[a.light],
  name: (a, b) => NAMES.compare(a.target.name, b.target.name),
  rtt: (a, b) => (b.medianMs ?? NEVER) - (a.medianMs ?? NEVER),
  loss: (a, b) => b.loss - a.loss,
};

/** Targets that compare equal keep the given order in both directions. */
export function ordered(
  facts: readonly ListFact[],
  { sort, reversed }: { sort: Sort; reversed: boolean },
): readonly ListFact[] {
  if (sort === 'given') return reversed ? facts.toReversed() : facts;
  const compare = COMPARE[sort];
  return facts.toSorted(reversed ? (a, b) => compare(b, a) : compare);
}
