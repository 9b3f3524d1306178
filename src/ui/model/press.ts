import type { TargetId } from '../../core/sample.js';
import { SHAPES } from '../graph/scaling.js';
import { cursorToggled, moved, type PanLimits, zoomed } from '../graph/window.js';
import { type Action, handlerOf } from '../keys/keys.js';
import { hasMember } from '../list/groups.js';
import { allFolded, folded } from '../list/list.js';
import { SORTS } from '../list/order.js';
import { nextTheme } from '../style/themes.js';
import type { Choices, Controls } from './controls.js';
import { LIVE, nextEvent, openedFromWall, openedOrFull, showing } from './event-focus.js';
import { neighbour, onWall } from './selection.js';

/** More than a session keeps. */
const MAX_DISMISSED = 100;

type Change = (controls: Controls, choices: Choices) => Partial<Controls>;

const CHANGES = {
  up: (controls, choices) =>
    turned(controls, -1) ?? onWall(controls, choices, 'row', -1) ?? neighbour(controls, choices, -1),
  down: (controls, choices) =>
    turned(controls, 1) ?? onWall(controls, choices, 'row', 1) ?? neighbour(controls, choices, 1),
  pageUp: (controls, choices) => neighbour(controls, choices, -choices.page),
  pageDown: (controls, choices) => neighbour(controls, choices, choices.page),
  top: (controls, choices) => neighbour(controls, choices, -Infinity),
  bottom: (controls, choices) => neighbour(controls, choices, Infinity),
  sort: ({ listing }) => ({ listing: { ...listing, sort: after(SORTS, listing.sort) ?? SORTS[0] } }),
  reverse: ({ listing }) => ({ listing: { ...listing, reversed: !listing.reversed } }),
  group: ({ wall, wallBy, listing }) =>
    wall
      ? { wallBy: wallBy === 'name' ? 'host' : 'name' }
      : { listing: { ...listing, grouped: !listing.grouped } },
  fold: ({ listing, chosen }, { groups }) => {
    const group = groups.find(each => hasMember(each, chosen));
    return { listing: group ? folded(listing, group.name) : { ...listing, grouped: true } };
  },
  foldAll: ({ listing }, { groups }) => ({ listing: allFolded(listing, groups) }),
  wall: ({ wall }) => ({ wall: !wall, page: undefined, help: false }),
  open: (controls, choices) => openedFromWall(controls, choices) ?? openedOrFull(controls, choices),
  full: ({ full }) => ({ full: !full, page: undefined }),
  histogram: ({ histogram }) => ({ histogram: !histogram }),
  compare: ({ comparison }) => ({ comparison: !comparison, checklist: false }),
  checklist: ({ checklist }) => ({ checklist: !checklist, comparison: false }),
  zoomIn: (controls, choices) => zoomed(controls, panLimitsOf(controls, choices), -1),
  zoomOut: (controls, choices) => zoomed(controls, panLimitsOf(controls, choices), 1),
  left: (controls, choices) =>
    onWall(controls, choices, 'cell', -1) ?? moved(controls, panLimitsOf(controls, choices), -1),
  right: (controls, choices) =>
    onWall(controls, choices, 'cell', 1) ?? moved(controls, panLimitsOf(controls, choices), 1),
  cursor: (controls, choices) => cursorToggled(controls, panLimitsOf(controls, choices)),
  now: () => LIVE,
  shape: ({ scaling }) => ({ scaling: { ...scaling, shape: after(SHAPES, scaling.shape) ?? SHAPES[0] } }),
  fixed: ({ scaling: { shape, range } }, { bounds }) => {
    const fixed = range ? undefined : bounds();
    return { scaling: { shape, ...(fixed && { range: fixed }) } };
  },
  statistic: ({ statistic }, { detectors }) => ({ statistic: after(detectors, statistic) }),
  figures: ({ figures }) => ({ figures: !figures }),
  freeze: ({ frozenAt }, { now }) => ({ frozenAt: frozenAt === undefined ? now : undefined }),
  help: ({ help }) => ({ help: !help, helpPage: 0 }),
  theme: ({ theme }) => ({ theme: nextTheme(theme) }),
  mouse: ({ mouse }) => ({ mouse: !mouse }),
  zone: ({ zone }) => ({ zone: zone === 'utc' ? 'local' : 'utc' }),
  event: nextEvent,
  dismiss: ({ dismissed }, { notices }) => ({
    dismissed: new Set([...dismissed, ...notices].slice(-MAX_DISMISSED)),
  }),
  acknowledge: (_, { events }) => ({ seen: new Set(events.filter(({ red }) => red).map(({ id }) => id)) }),
  back: controls => {
    if (controls.help) return { help: false };
    return controls.page === undefined ? { ...USUAL, ...unfiltered(controls) } : { page: undefined };
  },
} satisfies Partial<Record<Action, Change>>;

/** Actions that change the controls alone. */
export type ControlAction = keyof typeof CHANGES;
/** Actions on the screen itself. */
export type ScreenAction = Extract<Action, 'quit' | 'interrupt' | 'redraw' | 'suspend'>;
/** Actions on the page of an event. */
export type PageAction = Extract<Action, 'write'>;
/** Actions on the session: the rest of the table. */
export type SessionAction = Exclude<Action, ControlAction | ScreenAction | PageAction | 'filter'>;

/** The controls of the normal view. */
const USUAL: Partial<Controls> = {
  ...LIVE,
  ...{
    frozenAt: undefined,
    histogram: false,
    wall: false,
    full: false,
    figures: false,
    statistic: undefined,
  },
};

/** Clears the filter only from the normal view: it was typed, so Esc clears it last. */
function unfiltered(controls: Controls): Partial<Controls> {
  const usual = Object.entries(USUAL).every(([name, value]) => controls[name as keyof Controls] === value);
  return usual ? { listing: { ...controls.listing, filter: '' } } : {};
}

function panLimitsOf({ event }: Controls, choices: Choices): PanLimits {
  return { ...choices, eventAt: choices.events.find(({ id }) => id === event)?.startedAt };
}

/** The next item; the first after undefined, and undefined after the last. */
function after<Item>(items: readonly Item[], item: Item | undefined): Item | undefined {
  return items[item === undefined ? 0 : items.indexOf(item) + 1];
}

/** Actions that are about no target, so that the worst one is still shown after them. */
const WITHOUT_TARGET: readonly Action[] = [
  ...(['help', 'theme', 'zone', 'mouse', 'dismiss', 'redraw'] as const),
  ...(['record', 'note', 'bell', 'acknowledge', 'pause', 'faster', 'slower'] as const),
];

/**
 * The controls after a key; unchanged by actions that act on the screen or the session. A key that is about a target chooses
 * the `shown` one.
 */
export function press(
  controls: Controls,
  action: Action,
  choices: Choices,
  shown: TargetId | undefined = controls.chosen,
): Controls {
  const before = WITHOUT_TARGET.includes(action) ? controls : { ...controls, chosen: shown };
  return { ...before, ...handlerOf<Change>(CHANGES, action)?.(before, choices) };
}

/** The controls after a click on a target, the heading of a group or an event. */
export function pointed(
  controls: Controls,
  link: { target: TargetId } | { group: string } | { event: string },
  choices: Choices,
): Controls {
  if ('target' in link) return { ...controls, chosen: link.target, event: undefined, page: undefined };
  if ('group' in link) return { ...controls, listing: folded(controls.listing, link.group) };
  const event = choices.events.find(({ id }) => id === link.event);
  return event ? { ...controls, ...showing(event, controls) } : controls;
}

/** The help or the page of an event, which is open, turned to another part. */
function turned({ help, helpPage, page }: Controls, by: number): Partial<Controls> | undefined {
  if (help) return { helpPage: helpPage + by };
  return page === undefined ? undefined : { page: page + by };
}
