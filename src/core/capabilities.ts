/** What can be reported about a target that has some witnesses, and what can't, in words. */
export interface Capabilities {
  can: readonly string[];
  cannot: readonly string[];
  /** In a few words, for a line of the screen; empty if nothing is missing. */
  limit: string;
}

/** A row holds for the witnesses that are all present while none of the others is. */
interface Row {
  has: readonly string[];
  lacks: readonly string[];
  can?: string;
  cannot?: string;
}

const ROWS: readonly Row[] = [
  { has: ['echo'], lacks: [], can: 'outages and delays' },
  { has: ['clock'], lacks: [], can: "migrations and pauses, with the blackout that the guest's clock shows" },
  { has: ['clock'], lacks: [], can: 'blackouts that no echo falls into' },
  { has: ['announce'], lacks: ['clock'], can: 'announced migrations, at most 70 % sure' },
  { has: ['announce', 'clock'], lacks: [], can: 'announcements that are forged, or of a failover' },
  { has: [], lacks: ['clock', 'announce'], cannot: 'tell a migration from an outage: both are a gap' },
  { has: [], lacks: ['clock'], cannot: 'measure the blackout itself: only how long the path was away' },
  { has: [], lacks: ['clock'], cannot: 'see most blackouts that are shorter than the interval' },
  { has: ['announce'], lacks: ['clock'], cannot: 'tell a forged announcement from a true one' },
  { has: ['clock'], lacks: ['announce'], cannot: 'tell a move from a pause: the clock stands still in both' },
];

/** Derived from the names of the witnesses that a target has. */
export function capabilitiesOf(witnesses: readonly string[]): Capabilities {
  const rows = ROWS.filter(
    ({ has, lacks }) =>
      has.every(name => witnesses.includes(name)) && !lacks.some(name => witnesses.includes(name)),
  );
  return {
    can: rows.flatMap(({ can }) => can ?? []),
    cannot: rows.flatMap(({ cannot }) => cannot ?? []),
    limit: limitOf(witnesses),
  };
}

function limitOf(witnesses: readonly string[]): string {
  if (witnesses.includes('clock')) return '';
  return witnesses.includes('announce') ? 'no clock witness' : 'gaps only, causes unclear';
}
