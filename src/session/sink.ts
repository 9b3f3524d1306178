import type { LightState, MigrationEvent } from '../core/event.js';
import type { Note } from '../core/note.js';
import type { TargetChange } from '../core/session-info.js';
import type { Step } from '../core/step.js';
import type { RowData } from '../recording/rows.js';

/** What the engine holds right after a jump to another place of a recording. */
export interface RestoredState {
  lights: readonly LightState[];
  /** The events that were over by then, then those that were open. */
  events: readonly MigrationEvent[];
}

/** A reader of a session: a screen, lines, a recording, alerts. Each method is called after the engine changed. */
export interface SessionSink {
  take?(step: Step): void;
  /** A target was added, changed or removed; its removal closed these events. */
  target?(change: TargetChange, closed: readonly MigrationEvent[]): void;
  /** Counts start again, of one target or of all. */
  reset?(reset: RowData['reset']): void;
  /** The moves that are expected from now on. */
  expect?(moves: RowData['expect']): void;
  note?(note: Note): void;
  jump?(state: RestoredState): void;
  /** A message for the user. */
  notice?(text: string): void;
}
