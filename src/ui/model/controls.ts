import type { Zone } from '../../core/format/time-of-day.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { AUTOMATIC, type ScaleBounds, type Scaling, SHAPES } from '../graph/scaling.js';
import {
  cursorToggled,
  moved,
  type PanLimits,
  TIME_SPANS,
  type TimeWindow,
  type Viewport,
  zoomed,
} from '../graph/window.js';
import { type Action, handlerOf } from '../keys/keys.js';
import { type Group, hasMember } from '../list/groups.js';
import { ALL_AS_GIVEN, allFolded, folded, type Listing } from '../list/list.js';
import { SORTS } from '../list/order.js';
import { DEFAULT_THEME, nextTheme, type ThemeName } from '../style/themes.js';
import type { Prompt } from './prompt.js';

/** The beginning of the name, or the host where the target runs. */
export type WallGrouping = 'name' | 'host';

/** What the user chose to see. */
export interface Controls extends Viewport {
  chosen: TargetId | undefined;
  listing: Listing;
  full: boolean;
  histogram: boolean;
  /** All targets as cells. */
  wall: boolean;
  /** By what the cells of the wall are grouped. */
  wallBy: WallGrouping;
  /** Percentiles, jitter and loss of the chosen target. */
  figures: boolean;
  scaling: Scaling;
  help: boolean;
  /** Page of the help, relative to the first; may be negative. */
  helpPage: number;
  theme: ThemeName;
  /** Clicks and wheel reach the program instead of the terminal. */
  mouse: boolean;
  /** The zone of the times of day. */
  zone: Zone;
  /** Recorded events beside those judged now, in place of the log. */
  comparison: boolean;
  /** The maintenance checklist, in place of the log. */
  checklist: boolean;
  /** A question without an answer yet. */
  prompt?: Prompt;
  /** When the screen was frozen. */
  frozenAt?: Millis;
  /** The detector whose statistic is shown. */
  statistic?: string;
  /** Which part of the page of `event` is shown, relative to the first; absent while the page is closed. */
  page?: number | undefined;
  /** The notices that the user dismissed. */
  dismissed: ReadonlySet<string>;
  /** The red events that the user looked at or acknowledged. */
  seen: ReadonlySet<string>;
}

export const INITIAL: Controls = {
  chosen: undefined,
  listing: ALL_AS_GIVEN,
  span: TIME_SPANS.indexOf(60_000),
  full: false,
  histogram: false,
  wall: false,
  wallBy: 'name',
  figures: false,
  scaling: AUTOMATIC,
  help: false,
  helpPage: 0,
  theme: DEFAULT_THEME,
  mouse: true,
  zone: 'local',
  comparison: false,
  checklist: false,
  dismissed: new Set(),
  seen: new Set(),
};

/** The choices when a key is pressed. */
export interface Choices {
  /** The targets that the up and down keys step through. */
  targets: readonly TargetId[];
  /** The rows of the wall while it is shown. */
  wall?: readonly (readonly TargetId[])[] | undefined;
  /** Rows visible at once. */
  page: number;
  groups: readonly Group[];
  /** The event whose page the tour offers. */
  offered?: string | undefined;
  /** Newest first. */
  events: readonly { id: string; target: TargetId; startedAt: Millis; red: boolean }[];
  now: Millis;
  /** The notices that are shown. */
  notices: readonly string[];
  /** When the session began. */
  began: Millis;
  /** What the graph shows. */
  window: TimeWindow;
  /** Bounds that include the RTTs of all targets; undefined before the first reply. */
  bounds: () => ScaleBounds | undefined;
  /** Names of the detectors. */
  detectors: readonly string[];
}

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

/** The graph follows the time again. */
const LIVE = { event: undefined, page: undefined, end: undefined, cursor: undefined };

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

/**
 * The target whose graph is shown: the chosen one, else the worst, else the first; while the filter hides it, the first
 * that is listed. The target of a shown event stays, whatever is listed.
 */
export function chosenTarget(
  { chosen, event }: Controls,
  given: readonly TargetId[],
  listed = given,
  worst = given[0],
): TargetId | undefined {
  const wanted = given.includes(chosen!) ? chosen : worst;
  const hidden = event === undefined && listed.length > 0 && !listed.includes(wanted!);
  return hidden ? listed[0] : wanted;
}

/** From a target outside of the list, the first row is next. */
function neighbour({ chosen }: Controls, { targets }: Choices, by: number): Partial<Controls> {
  if (targets.length === 0) return {};
  const index = (chosen === undefined ? 0 : targets.indexOf(chosen)) + by;
  const next = targets[Math.max(0, Math.min(targets.length - 1, index))];
  return { chosen: next, event: undefined, page: undefined };
}

/** The neighbouring cell of the wall; undefined while it is not shown. */
function onWall(
  { wall, page, chosen }: Controls,
  { wall: rows = [] }: Choices,
  by: 'row' | 'cell',
  step: 1 | -1,
): Partial<Controls> | undefined {
  if (!wall || page !== undefined || rows.length === 0) return undefined;
  const row = Math.max(
    0,
    rows.findIndex(cells => cells.includes(chosen!)),
  );
  const column = Math.max(0, rows[row]!.indexOf(chosen!));
  const all = rows.flat();
  const beside = all[all.indexOf(rows[row]![column]!) + step];
  const above = rows[row + step];
  const next = by === 'cell' ? beside : above?.[Math.min(column, above.length - 1)];
  return { chosen: next ?? chosen, event: undefined };
}

/** From the wall to the page of the chosen target's newest event, or without one to the list. */
function openedFromWall(controls: Controls, { events }: Choices): Partial<Controls> | undefined {
  if (!controls.wall || controls.page !== undefined) return undefined;
  const event = events.find(({ target }) => target === controls.chosen);
  return event ? { ...showing(event, controls), page: 0 } : { wall: false };
}

function openedOrFull(controls: Controls, { events, offered }: Choices): Partial<Controls> {
  const { event, page, full } = controls;
  if (event !== undefined) return { page: page === undefined ? 0 : undefined, help: false };
  const toured = events.find(({ id }) => id === offered);
  return toured ? { ...showing(toured, controls), page: 0 } : { full: !full };
}

/** The help or the page of an event, which is open, turned to another part. */
function turned({ help, helpPage, page }: Controls, by: number): Partial<Controls> | undefined {
  if (help) return { helpPage: helpPage + by };
  return page === undefined ? undefined : { page: page + by };
}

/** From the newest event to older ones, and after the oldest back to now. */
function nextEvent(controls: Controls, { events }: Choices): Partial<Controls> {
  const next = events[events.findIndex(({ id }) => id === controls.event) + 1];
  return next ? showing(next, controls) : LIVE;
}

/** The change that shows an event, which counts as seen from then on. An open page stays open. */
export function showing(
  { id, target }: Pick<Choices['events'][number], 'id' | 'target'>,
  { seen, page }: Pick<Controls, 'seen' | 'page'>,
): Partial<Controls> {
  return {
    ...{ ...LIVE, event: id, chosen: target, histogram: false, help: false, seen: new Set([...seen, id]) },
    ...(page !== undefined && { page: 0 }),
  };
}
