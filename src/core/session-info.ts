import type { Millis, TargetId } from './sample.js';

/** The targets and settings of a session: passed once at the start, and read again for each frame. */
export interface SessionInfo {
  version: string;
  startedAt: Millis;
  intervalMs: Millis;
  timeoutMs: Millis;
  /** Probes a second, over all targets. */
  packetsPerSecond: number;
  targets: readonly TargetInfo[];
  /** Messages for the user, newest last, such as a refused backend or a new address of a name. */
  notices: readonly string[];
}

export interface TargetInfo {
  target: TargetId;
  /** The user's label, or the host as written. */
  name: string;
  /** Numeric; changes when the name resolves to another address. */
  address: string;
  backend: string;
  witnesses: readonly string[];
  /** A simulated VM: marked wherever it is shown. */
  simulated: boolean;
  /** The stream that a viewer plays from it, if any. */
  stream?: StreamInfo;
  /** Why it can't be probed, in words, such as a name that does not resolve. Its address and backend are `-` then. */
  trouble?: string;
}

/** A target was added, changed its address or label, or was removed. */
export interface TargetChange {
  at: Millis;
  action: 'added' | 'changed' | 'removed';
  info: TargetInfo;
}

/** A stream and the player that shows it. */
export interface StreamInfo {
  /** Without its query, which may hold secrets. */
  url: string;
  /** kbit/s */
  rate: number;
  /** How much media is fetched in advance, at how much it starts to play, and at how much it resumes after a stall. */
  bufferMs: Millis;
  startMs: Millis;
  rebufferMs: Millis;
}
