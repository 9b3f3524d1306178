import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { List } from '../list/list.js';
import type { SessionState } from '../model/state.js';
import type { ReplayState } from './replay.js';
import type { TourState } from './tour-state.js';

/** How much of each part fits on the screen. */
export interface ViewSize {
  rows: number;
  /** Characters of a sparkline. */
  spark: number;
  /** Characters across the graph, and dots across a character. */
  cells: number;
  across: number;
  events: number;
  /** The room for the cells of the wall. */
  wall?: { width: number; height: number } | undefined;
  /** Bars of a histogram. */
  bars: number;
}

/** A session at one moment. */
export interface ViewInputs {
  state: SessionState;
  info: SessionInfo;
  /** The filtered and sorted targets; computed from this moment where absent. */
  list?: List;
  now: Millis;
  /** How long a light stays red. */
  holdMs: Millis;
  /** The state of the recording in progress. */
  recording?: RecordingState | undefined;
  /** The state of the replay. */
  replay?: ReplayState | undefined;
  /** The state of the maintenance, if there is one. */
  checklist?: Checklist | undefined;
  /** Notes on the session, oldest first; undefined if there are none. */
  notes?: readonly Note[] | undefined;
  /** The witness that each detector reads, by the detector's name. */
  detectorWitnesses?: ReadonlyMap<string, string> | undefined;
  /** The tour, for a user who named no target. */
  tour?: TourState | undefined;
  /** The bell rings when a light turns red. */
  bell?: boolean;
}
