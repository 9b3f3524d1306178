import { duration } from './format/duration.js';
import type { Millis } from './sample.js';

/** What can be reported about a target that has some witnesses, and what can't, in words. */
export interface Capabilities {
  can: readonly string[];
  cannot: readonly string[];
}

/** Something that a machine can observe, or not yet. */
export interface Ability {
  /** As its prober or its witness is called. */
  name: string;
  allowed: boolean;
  /** The command that permits it, if one does. */
  remedy?: string;
}

/** The command that permits the most of what is missing; undefined if no command does. */
export function bestRemedy(abilities: readonly Ability[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { remedy } of abilities)
    if (remedy !== undefined) counts.set(remedy, (counts.get(remedy) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A row holds for the witnesses that are all present while none of the others is. */
interface Row {
  has: readonly string[];
  lacks: readonly string[];
  can?: string;
  cannot?: string | ((intervalMs: Millis) => string);
}

const ROWS: readonly Row[] = [
  { has: ['echo'], lacks: [], can: 'outages and delays' },
  { has: ['clock'], lacks: [], can: "migrations and pauses, with the blackout that the guest's clock shows" },
  { has: ['clock'], lacks: [], can: 'blackouts between two echoes' },
  { has: ['announce'], lacks: ['clock'], can: 'announced migrations, which no clock confirms' },
  { has: ['announce', 'clock'], lacks: [], can: 'forged announcements, and failovers' },
  { has: [], lacks: ['clock', 'announce'], cannot: 'tell a migration from an outage: both are a gap' },
  { has: [], lacks: ['clock'], cannot: 'measure the blackout itself: only how long the path was away' },
  {
    ...{ has: [], lacks: ['clock'] },
    cannot: intervalMs => `surely see blackouts under ${duration(UNSEEN_INTERVALS * intervalMs)}`,
  },
  { has: ['announce'], lacks: ['clock'], cannot: 'tell a forged announcement from a true one' },
  { has: ['clock'], lacks: ['announce'], cannot: 'tell a move from a pause: the clock stands still in both' },
];

/**
 * Echoes alone show a blackout surely if it lasts so many intervals. Measured with simulated VMs at intervals of 50 ms to
 * 1 s: of blackouts of four intervals 95 to 100 % became an event, of three 5 to 95 %, of two 0 to 30 %.
 */
const UNSEEN_INTERVALS = 4;

/** The shortest blackout that surely becomes an event; undefined if the clock shows all, or nothing is probed. */
export function shortestSeen(witnesses: readonly string[], intervalMs: Millis): Millis | undefined {
  return witnesses.length === 0 || witnesses.includes('clock') ? undefined : UNSEEN_INTERVALS * intervalMs;
}

/** Derived from the names of the witnesses that a target has, and the time between its probes. */
export function capabilitiesOf(witnesses: readonly string[], intervalMs: Millis): Capabilities {
  const rows = ROWS.filter(
    ({ has, lacks }) =>
      has.every(name => witnesses.includes(name)) && !lacks.some(name => witnesses.includes(name)),
  );
  return {
    can: rows.flatMap(({ can }) => can ?? []),
    cannot: rows.flatMap(({ cannot = [] }) => (typeof cannot === 'function' ? cannot(intervalMs) : cannot)),
  };
}

/** What is missing, in a few words for a line of the screen; empty if nothing is. */
export function limitOf(witnesses: readonly string[]): string {
  if (witnesses.includes('clock')) return '';
  return witnesses.includes('announce') ? 'no clock witness' : 'gaps only, causes unclear';
}
