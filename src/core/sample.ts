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
  | { kind: 'foreign'; from: string }
  /**
   * The guest's clock minus ours in the middle of the round trip. The zero point of a `tcp` clock is arbitrary, so
   * that only its changes tell something.
   */
  | { kind: 'clock'; offsetMs: Millis; rttMs: Millis; via: ClockVia }
  /** A frame on our segment that tells where the target is: sent unasked where it is gratuitous. */
  | { kind: 'announce'; via: AnnounceVia; mac: string; gratuitous: boolean }
  /** What the viewer of a stream that the target serves sees; told a few times a second. */
  | ({ kind: 'playback' } & Playback);

/** A player that shows a stream: see `probes/stream/player.ts`. Whole milliseconds. */
export interface Playback {
  state: PlaybackState;
  /** Media at hand, as long as it plays. */
  bufferMs: Millis;
  /** The least that there was since this was last told. */
  lowestMs: Millis;
  /** How often it stood still for want of media, and for how long in all, since the player began. */
  stalls: number;
  stalledMs: Millis;
  /** What keeps the stream from coming, such as `HTTP 404`; absent while it comes. */
  trouble?: string;
}

/** `starting`: has not played yet. `stalled`: ran dry, and waits for enough media to go on. */
export type PlaybackState = (typeof PLAYBACK_STATES)[number];
export const PLAYBACK_STATES = ['starting', 'playing', 'stalled'] as const;

export type OutcomeKind = Outcome['kind'];

/** What told the guest's time: an ICMP timestamp reply (RFC 792) or the TCP timestamp of a SYN-ACK (RFC 7323). */
export type ClockVia = 'icmp' | 'tcp';

/** What told where a target is: ARP (RFC 826), reverse ARP (RFC 903), or an IPv6 neighbour advertisement (RFC 4861). */
export type AnnounceVia = 'arp' | 'rarp' | 'advertisement';

/** Who took the RTT's two time stamps, best first: the kernel both, the kernel only the reply's, or we both. */
export type Stamp = 'kernel' | 'kernel-rx' | 'user';

/** Rounds to the recording's resolution of 1 µs, so that live and replayed detectors see the same numbers. */
export function toMicros(value: Millis): Millis {
  return Math.round(value * 1000) / 1000;
}
