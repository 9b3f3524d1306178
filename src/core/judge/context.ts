import type { ClockStep } from '../clock/track.js';
import type { LightState, MigrationEvent } from '../event.js';
import type { EvidenceWitness } from '../outcomes.js';
import type { Millis } from '../sample.js';
import type { TimeSpan } from './peers.js';

/** What a target's watch needs from the judge. */
export interface JudgeContext {
  nextEventId(): string;
  surroundings(span: TimeSpan, slack: Millis): { lagMs: Millis; others: number; othersDisturbed: number };
  everyClockForward(step: ClockStep): boolean;
  /** The witness that a detector reads. */
  witnessOf(detector: string): EvidenceWitness;
  /** Whether the event, if it is a move, was planned. */
  expects(eventId: string): boolean;
}

/** What a sample changed. */
export interface Changes {
  lights: readonly LightState[];
  events: readonly MigrationEvent[];
}

/** The arrays are not frozen: V8 compiles a loop over frozen ones to calls, and every sink loops over these for every sample. */
export const UNCHANGED: Changes = { lights: [], events: [] };

/** The events that changed, in order, and the light if it did. */
export function changesOf(events: readonly (MigrationEvent | undefined)[], light?: LightState): Changes {
  return { lights: light ? [light] : [], events: events.filter(event => event !== undefined) };
}
