import type { Millis } from '../sample.js';
import {
  count,
  duration,
  inner,
  type Json,
  list,
  moment,
  momentOrNever,
  object,
  optional,
  part,
  text,
  truth,
} from '../validation/saved-state.js';
import type { Level } from './echo-history.js';
import { OPEN_EVENT, type OpenEvent } from './open-event.js';

/** Ends of former standstills that are kept: a move leaves a copy, which may come back as a ghost. */
export const MAX_MOVES = 8;

/** Probes that could not be sent. */
export interface Unsent {
  count: number;
  at: Millis;
  why: string;
}

/** The floor of the round trips moved. */
export interface LevelMove {
  at: Millis;
  fromMs: Millis;
  toMs: Millis;
}

/** What is saved of the signs of a target. */
export interface SignsState {
  memory: Json;
  spacing: Json;
  clocks: Json;
  announcements: Json;
  path: Json;
  /** Absent in a state from before it was followed. */
  floor: Json | undefined;
  moved: LevelMove | undefined;
  lastSentAt: Millis | undefined;
  lastGoodAt: Millis;
  unsent: Unsent;
}

/** What is saved of its disturbances; `isLatest`: the current one is the latest one. */
export interface DisturbancesState {
  episode: Json | undefined;
  latest: Json | undefined;
  isLatest: boolean;
  next: Json | undefined;
  judgedUntil: Millis;
}

/** What is saved of a target's watch. */
interface WatchState extends SignsState, DisturbancesState {
  light: Json;
  viewer: Json;
  usual: Level | undefined;
  moves: Millis[];
  splitAt: Millis;
  event: OpenEvent | undefined;
  lastAlarmAt: Millis;
  judgedAt: Millis;
}

/** How the state of a target's watch is saved. */
export const WATCH_STATE = part<WatchState>(2, {
  memory: inner,
  light: inner,
  spacing: inner,
  clocks: inner,
  announcements: inner,
  path: inner,
  floor: optional(inner),
  moved: optional(object<LevelMove>({ at: moment, fromMs: duration, toMs: duration })),
  viewer: inner,
  episode: optional(inner),
  latest: optional(inner),
  isLatest: truth,
  next: optional(inner),
  usual: optional(object<Level>({ lowMs: duration, medianMs: duration, highMs: duration })),
  moves: list(moment, MAX_MOVES),
  splitAt: momentOrNever,
  event: optional(OPEN_EVENT),
  lastSentAt: optional(moment),
  lastGoodAt: momentOrNever,
  lastAlarmAt: momentOrNever,
  judgedUntil: momentOrNever,
  judgedAt: momentOrNever,
  unsent: object<Unsent>({ count, at: momentOrNever, why: text }),
});
