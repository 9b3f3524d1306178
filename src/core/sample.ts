/** Milliseconds, with µs resolution: since the Unix epoch for a moment, else a duration. */
export type Millis = number;

/** A target's identity: the TARGET as the user wrote it, without its label. */
export type TargetId = string;

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

/**
 * What became of a probe. One probe may have several: overdue, then lost, then a late reply.
 * A refused TCP connection is a reply: the host lives.
 */
export type Outcome =
  | { kind: 'reply'; rttMs: Millis; ttl?: number; late?: true; stamp?: Stamp }
  /** Still unanswered at a provisional age: evidence before the timeout. */
  | { kind: 'overdue'; waitedMs: Millis }
  | { kind: 'lost'; reason: 'timeout' | 'unreachable'; from?: string }
  /** Never left this machine: says something about us and nothing about the target. */
  | { kind: 'unsent'; reason: string }
  | { kind: 'duplicate'; rttMs: Millis }
  /** A reply that carries our secrets from an address we did not ask. */
  | { kind: 'foreign'; from: string };

export type OutcomeKind = Outcome['kind'];

/** Who took the RTT's two time stamps, best first: the kernel both, the kernel only the reply's, or we both. */
export type Stamp = 'kernel' | 'kernel-rx' | 'user';

/** Rounds to the recording's resolution of 1 µs, so that live and replayed detectors see the same numbers. */
export function toMicros(value: Millis): Millis {
  return Math.round(value * 1000) / 1000;
}
