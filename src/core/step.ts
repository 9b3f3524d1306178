import type { LightState, MigrationEvent } from './event.js';
import type { Sample } from './sample.js';
import type { NamedVerdict } from './verdict.js';

/** What one sample led to. Live and replay of the same samples give deeply equal steps. */
export interface Step {
  sample: Sample;
  /** Every detector's present verdict on the sample's target. */
  verdicts: readonly NamedVerdict[];
  /** Lights that changed, of this or another target. */
  lights: readonly LightState[];
  /** Events that opened, changed or closed, of this or another target. */
  events: readonly MigrationEvent[];
}

/** A reader of a session's steps: a screen, output lines, a recorder. */
export interface Sink {
  take(step: Step): void;
  close?(): Promise<void> | void;
}
