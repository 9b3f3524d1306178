import type { EventKind } from '../event.js';

/** A weight of evidence: 10 · log10 of a likelihood ratio. 10 makes a cause ten times as likely against the others, 3 twice. */
export type Decibans = number;

/** What can be behind a disturbance. */
export interface Cause {
  kind: EventKind;
  /** It turns the light red. */
  red?: true;
  /** How common it is among disturbances, before anything else is known. */
  prior: Decibans;
  /** For sentences. */
  name: string;
}

/** All causes, those that turn the light red first. `local` is this machine: no verdict on the target. */
export const CAUSES = {
  migration: { kind: 'migration', red: true, prior: 0, name: 'a migration' },
  ghost: { kind: 'ghost', red: true, prior: -12, name: 'a ghost' },
  pause: { kind: 'pause', prior: -1, name: 'a pause' },
  reboot: { kind: 'reboot', prior: -5, name: 'a reboot' },
  outage: { kind: 'outage', prior: -2, name: 'an outage' },
  failover: { kind: 'failover', prior: -14, name: 'a failover' },
  takeover: { kind: 'takeover', prior: -9, name: 'a takeover of the address' },
  'clock-set': { kind: 'clock-set', prior: -6, name: 'a clock that was set' },
  congestion: { kind: 'congestion', prior: -2, name: 'congestion' },
  'path-change': { kind: 'path-change', prior: -6, name: 'a change of the path' },
  local: { kind: 'unclear', prior: -8, name: 'this machine' },
} as const satisfies Record<string, Cause>;

export type CauseId = keyof typeof CAUSES;

export const CAUSE_IDS = Object.keys(CAUSES) as readonly CauseId[];

/** Weights by cause; a cause that is not named has the weight 0. */
export type Weights = Readonly<Partial<Record<CauseId, Decibans>>>;

export function isRed(cause: CauseId): boolean {
  return (CAUSES[cause] as Cause).red === true;
}
