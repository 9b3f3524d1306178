import type { MigrationEvent } from '../../core/event.js';
import type { Zone } from '../../core/format/time-of-day.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session-info.js';
import type { Tally } from '../../core/statistics/tally.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { Scaling } from '../graph/scaling.js';
import type { SessionKeys } from '../model/session-actions.js';
import type { ThemeName } from '../style/themes.js';
import type { ReplayState } from '../view/replay.js';
import type { TourState } from '../view/tour-state.js';

export interface DashboardOptions {
  /** Fewer frames, over a slow link. */
  slow: boolean;
  ascii: boolean;
  color: boolean;
  theme: ThemeName;
  mouse: boolean;
  zone: Zone;
  /** How long a light stays red. */
  holdMs: Millis;
  /** How RTTs are scaled; automatic where absent. */
  scaling?: Scaling;
  /** Start with recorded events beside those judged now. */
  comparison?: boolean;
  /** Start with this event shown. */
  event?: Pick<MigrationEvent, 'id' | 'target'> | undefined;
  /** Start with the maintenance checklist. */
  checklist?: boolean;
}

/** The session's interface to a dashboard. */
export interface DashboardPorts {
  info(): SessionInfo;
  now(): Millis;
  /** The counts of the session's engine. */
  tally: Tally;
  quit(reason: 'q' | 'SIGINT'): void;
  /** The handlers of keys that act on the session. */
  keys: SessionKeys;
  recording?(): RecordingState | undefined;
  /** Notes on the session. */
  notes?(): readonly Note[] | undefined;
  /** The state of the tour; undefined without one, and once it is over. */
  tour?(): TourState | undefined;
  /** The state of the replay; absent in a live session. */
  replay?(): ReplayState;
  /** The witness that each detector reads, by the detector's name. */
  detectorWitnesses: ReadonlyMap<string, string>;
  /** Writes to standard output, without a terminal. */
  writeLine(text: string): void;
  /** Writes the page of an event, a text, to a file. */
  writePage(event: MigrationEvent, text: string): void;
  /** The state of the maintenance. */
  checklist?(): Checklist | undefined;
  /** Rings through the screen's own terminal. */
  bell?: Bell;
}
