import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { ListFact } from '../list/facts.js';
import { type List, type Listing, listOf } from '../list/list.js';
import type { ViewInputs } from '../view/inputs.js';
import { factsOf } from '../view/listed.js';

/** Rows that change places every frame are unreadable. */
const STEADY_MS: Millis = 1000;

/** Keeps the list for a second, unless the listing or the set of targets changes. */
export class SteadyList {
  private facts: readonly ListFact[] = [];
  private takenAt: Millis = -Infinity;
  private listing: Listing | undefined;
  private list: List | undefined;

  /** `at` is monotonic, unlike the time of a replay; while the list is `held`, no rows change places. */
  of(moment: ViewInputs, listing: Listing, at: Millis, held: boolean): List {
    const old = !held && at - this.takenAt >= STEADY_MS;
    if (old || differ(moment.info.targets, this.facts)) {
      this.facts = factsOf(moment);
      this.takenAt = at;
      this.list = undefined;
    }
    if (!this.list || listing !== this.listing) this.list = listOf(this.facts, listing);
    this.listing = listing;
    return this.list;
  }
}

function differ(targets: readonly TargetInfo[], facts: readonly ListFact[]): boolean {
  return (
    targets.length !== facts.length ||
    targets.some(({ target }, index) => target !== facts[index]!.target.target)
  );
}
