import type { Millis, TargetId } from './sample.js';

/** What a session watches and how: passed once at the start, and read again for each frame. */
export interface SessionInfo {
  version: string;
  startedAt: Millis;
  intervalMs: Millis;
  timeoutMs: Millis;
  /** Probes a second, over all targets. */
  packetsPerSecond: number;
  targets: readonly TargetInfo[];
  /** What the user should know, newest last: a refused backend, a name that resolved anew. */
  notices: readonly string[];
}

export interface TargetInfo {
  target: TargetId;
  /** The user's label, or the host as written. */
  name: string;
  /** Numeric; changes when a name resolves anew. */
  address: string;
  backend: string;
  witnesses: readonly string[];
  /** A simulated VM: marked wherever it is shown. */
  simulated: boolean;
  /** What a viewer plays from it, where one does. */
  stream?: StreamInfo;
  /** Why it is not probed, in words, while it can't be: its name does not resolve. Its address and backend are `-` then. */
  trouble?: string;
}

/** A target came, changed its address or label, or left. */
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
  /** How much is fetched ahead, from how much on it begins to play, and goes on after a stall. */
  bufferMs: Millis;
  startMs: Millis;
  rebufferMs: Millis;
}
