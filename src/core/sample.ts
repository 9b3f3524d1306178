import type { Outcome } from './outcomes.js';

export type {
  AnnounceVia,
  ClockVia,
  Outcome,
  OutcomeKind,
  Playback,
  PlaybackState,
  Stamp,
} from './outcomes.js';
export { CLOCK_VIAS, PLAYBACK_STATES } from './outcomes.js';

/** Milliseconds, with µs resolution: since the Unix epoch for a moment, else a duration. */
export type Millis = number;

/** A target's identity: the TARGET as the user wrote it, without its label. */
export type TargetId = string;

/** Targets of one session at once. Each takes up to some hundred kilobytes to judge. */
export const MAX_TARGETS = 10_000;

/** One measurement of one target by one probe. */
export interface Sample {
  /** When the probe was sent. */
  at: Millis;
  /** When its outcome was known. Pipeline and replay follow this order. */
  knownAt: Millis;
  target: TargetId;
  /** The prober's name, such as `icmp`. */
  probe: string;
  /** Counts from the probe's start; modulo 65536 it is the sequence number on the wire. */
  seq: number;
  outcome: Outcome;
  /** How much later than planned the probe was sent, where that is worth telling: our own hiccup. */
  lagMs?: Millis;
}

/** Rounds to the recording's resolution of 1 µs, so that live and replayed detectors see the same numbers. */
export function toMicros(value: Millis): Millis {
  return Math.round(value * 1000) / 1000;
}
