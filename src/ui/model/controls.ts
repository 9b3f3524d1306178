import type { Zone } from '../../core/format/time-of-day.js';
import type { Millis, TargetId } from '../../core/sample.js';
import { AUTOMATIC, type ScaleBounds, type Scaling } from '../graph/scaling.js';
import { TIME_SPANS, type TimeWindow, type Viewport } from '../graph/window.js';
import type { Group } from '../list/groups.js';
import { ALL_AS_GIVEN, type Listing } from '../list/list.js';
import { DEFAULT_THEME, type ThemeName } from '../style/themes.js';
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
