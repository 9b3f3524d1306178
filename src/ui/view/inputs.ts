import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { List } from '../list/list.js';
import type { SessionState } from '../model/state.js';
import type { ReplayState } from './replay.js';

/** How much of everything there is room for. */
export interface Detail {
  rows: number;
  /** Characters of a sparkline. */
  spark: number;
  /** Characters across the graph, and dots across a character. */
  cells: number;
  across: number;
  events: number;
  /** Bars of a histogram. */
  bars: number;
}

/** A session at one moment. */
export interface ViewInputs {
  state: SessionState;
  info: SessionInfo;
  /** Whom of it the user asked for, in which order; made of this very moment where absent. */
  list?: List;
  now: Millis;
  /** How long a light stays red. */
  holdMs: Millis;
  /** Of the recording that is being made. */
  recording?: RecordingState | undefined;
  /** Of the recording that is being played. */
  replay?: ReplayState | undefined;
  /** How the maintenance stands, where there is one. */
  checklist?: Checklist | undefined;
  /** What was said about moments of the session, oldest first; undefined where nobody says anything. */
  notes?: readonly Note[] | undefined;
  /** It rings when a light turns red. */
  bell?: boolean;
}
