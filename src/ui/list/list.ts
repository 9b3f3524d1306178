import { SIMULATED } from '../../core/format/target-name.js';
import { printable, widthOf } from '../../core/format/text.js';
import type { ListFact } from './facts.js';
import { matcherOf } from './filter.js';
import { type Group, groupRows, type ListRow } from './groups.js';
import { ordered, type Sort } from './order.js';

/** Which targets are listed, in which order, and which of their groups show a heading only. */
export interface Listing {
  sort: Sort;
  reversed: boolean;
  /** Words that listed targets match; empty for all. */
  filter: string;
  /** Under headings, by name prefix. */
  grouped: boolean;
  /** Names of the groups whose members are hidden. */
  folded: readonly string[];
}

export const ALL_AS_GIVEN: Listing = {
  ...{ sort: 'given', reversed: false, filter: '' },
  ...{ grouped: false, folded: [] },
};

export interface List {
  rows: readonly ListRow[];
  /** The targets that match, including members of folded groups. */
  matching: readonly ListFact[];
  /** Rows without a filter, so that filtering does not change the height of the list. */
  unfiltered: number;
  /** The width of the longest name of all, with the mark of a simulated target. */
  nameWidth: number;
}

/** The rows of a list. Pure: the same facts and choices give the same rows. */
export function listOf(facts: readonly ListFact[], listing: Listing): List {
  const { filter, grouped, folded } = listing;
  const inOrder = ordered(facts, listing);
  const rowsOf = (some: readonly ListFact[]) => (grouped ? groupRows(some, folded) : some);
  const matching = filter === '' ? inOrder : inOrder.filter(matcherOf(filter));
  const rows = rowsOf(matching);
  return {
    rows,
    matching,
    unfiltered: filter === '' ? rows.length : rowsOf(inOrder).length,
    nameWidth: widestName(facts),
  };
}

function widestName(facts: readonly ListFact[]): number {
  const widthOfName = ({ target: { name, simulated } }: ListFact) =>
    widthOf(printable(name)) + (simulated ? SIMULATED.length + 1 : 0);
  return facts.reduce((widest, fact) => Math.max(widest, widthOfName(fact)), 0);
}

/** Folds a group, or unfolds it. */
export function folded(listing: Listing, name: string): Listing {
  const others = listing.folded.filter(each => each !== name);
  const unfolds = others.length < listing.folded.length;
  return { ...listing, folded: unfolds ? others : [...others, name] };
}

/** Folds all groups, or unfolds them if all are folded; turns grouping on if it is off. */
export function allFolded(listing: Listing, groups: readonly Group[]): Listing {
  if (!listing.grouped) return { ...listing, grouped: true };
  const unfolds = groups.every(group => group.folded);
  return { ...listing, folded: unfolds ? [] : groups.map(({ name }) => name) };
}
