import type { Group } from './groups.js';
import type { Listing } from './list.js';

/** One group is folded, or unfolded. */
export function folded(listing: Listing, name: string): Listing {
  const others = listing.folded.filter(each => each !== name);
  const unfolds = others.length < listing.folded.length;
  return { ...listing, folded: unfolds ? others : [...others, name] };
}

/** All groups are folded, or unfolded where they all were; they are made where there were none. */
export function allFolded(listing: Listing, groups: readonly Group[]): Listing {
  if (!listing.grouped) return { ...listing, grouped: true };
  const unfolds = groups.every(group => group.folded);
  return { ...listing, folded: unfolds ? [] : groups.map(({ name }) => name) };
}
