import type { Millis, TargetId } from '../core/sample.js';
import type { TargetInfo } from '../core/session.js';
import type { Controls } from './controls.js';
import type { Question } from './session-keys.js';
import type { Moment } from './view.js';
import { lightOf } from './views/light.js';

/** In which order the targets stand: as given, worst light, name, longest median RTT or most loss first. */
export const SORTS = ['given', 'state', 'name', 'rtt', 'loss'] as const;
export type Sort = (typeof SORTS)[number];

/** Which targets are listed, and in which order. */
export interface Listing {
  sort: Sort;
  reversed: boolean;
  /** Words that must all stand in a target's name, address or light; none lists all. */
  filter: string;
}

export const ALL_AS_GIVEN: Listing = { sort: 'given', reversed: false, filter: '' };

/** Lists what matches while it is typed. */
export function filterQuestion({ listing }: Controls): Question {
  return { label: 'list only', typing: filter => ({ listing: { ...listing, filter } }) };
}

/** Rows that change places every frame can't be read. */
const STEADY_MS: Millis = 1000;
const SEVERITY = { red: 0, amber: 1, green: 2 };
/** `web-2` before `web-10`. */
const NAMES = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

type Compare = (a: TargetInfo, b: TargetInfo) => number;

const COMPARE: Record<Sort, (moment: Moment) => Compare> = {
  given: () => () => 0,
  state: moment => ascending(target => SEVERITY[lightAt(moment, target)]),
  name: () => (a, b) => NAMES.compare(a.name, b.name),
  rtt: ({ state }) => ascending(({ target }) => -(state.tally.of(target).rtt.quantile(0.5) ?? 0)),
  loss: ({ state }) => ascending(({ target }) => -state.tally.of(target).lossRate),
};

/** The targets that are asked for, in their order; equal ones stand as they were given. Pure. */
export function listed(moment: Moment, { sort, reversed, filter }: Listing): TargetInfo[] {
  const words = filter.toLowerCase().split(' ').filter(Boolean);
  const wanted = moment.info.targets.filter(target => words.length === 0 || matches(moment, target, words));
  const sorted = sort === 'given' ? wanted : wanted.sort(COMPARE[sort](moment));
  return reversed ? sorted.reverse() : sorted;
}

function matches(moment: Moment, target: TargetInfo, words: readonly string[]): boolean {
  const text = `${target.name} ${target.address} ${lightAt(moment, target)}`.toLowerCase();
  return words.every(word => text.includes(word));
}

function lightAt({ state, info, now }: Moment, { target }: TargetInfo) {
  return lightOf(state.of(target), info, now).light;
}

/** Each target's figure is asked for once, not at every comparison. */
function ascending(figureOf: (target: TargetInfo) => number): Compare {
  const figures = new Map<TargetId, number>();
  const of = (target: TargetInfo) => {
    const figure = figures.get(target.target) ?? figureOf(target);
    figures.set(target.target, figure);
    return figure;
  };
  return (a, b) => of(a) - of(b);
}

/** Keeps the list as it was for a second, unless another one is asked for. */
export class SteadyList {
  private kept: readonly TargetInfo[] = [];
  private keptFor: readonly unknown[] = [];

  of(moment: Moment, listing: Listing): readonly TargetInfo[] {
    const { targets } = moment.info;
    if (listing.sort === 'given' && !listing.reversed && listing.filter === '') return targets;
    const asked = [listing, Math.floor(moment.now / STEADY_MS), targets.length];
    if (asked.some((part, index) => part !== this.keptFor[index])) {
      this.kept = listed(moment, listing);
      this.keptFor = asked;
    }
    return this.kept;
  }
}
