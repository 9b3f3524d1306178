import type { Zone } from '../../core/format/time-of-day.js';
import type { Checklist } from '../../core/maintenance/checklist.js';
import type { Note } from '../../core/note.js';
import type { Millis } from '../../core/sample.js';
import type { SessionInfo } from '../../core/session.js';
import type { Tally } from '../../core/tally.js';
import type { RecordingState } from '../../recording/record-switch.js';
import type { Bell } from '../../session/alerts/bell.js';
import type { Scaling } from '../graph/scaling.js';
import type { SessionKeys } from '../model/session-actions.js';
import type { ThemeName } from '../style/themes.js';
import type { ReplayState } from '../view/replay.js';

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
  /** How RTTs are scaled; automatically where absent. */
  scaling?: Scaling;
  /** Begin with events as recorded beside those judged now. */
  comparison?: boolean;
  /** Begin with who is going to move. */
  checklist?: boolean;
}

/** What a dashboard asks of the session around it. */
export interface DashboardPorts {
  info(): SessionInfo;
  now(): Millis;
  /** The counts of the session's engine. */
  tally: Tally;
  quit(reason: 'q' | 'SIGINT'): void;
  /** What keys do to the session. */
  keys: SessionKeys;
  recording?(): RecordingState | undefined;
  /** What was told of the session. */
  notes?(): readonly Note[] | undefined;
  /** How the recording is being played; absent where the session is live. */
  replay?(): ReplayState;
  /** How the maintenance stands. */
  checklist?(): Checklist | undefined;
  /** Rings through the screen's own terminal. */
  bell?: Bell;
}
