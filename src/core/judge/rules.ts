import type { EventKind } from '../event.js';
import type { Findings } from './findings.js';

/** One line of the decision table. The first that holds decides. */
export interface Rule {
  kind: EventKind;
  /** Red: a migration or a ghost is the best explanation. */
  red?: true;
  confidence: number;
  /** For the light. */
  why: string;
  holds(found: Findings): boolean;
}

/** A gap longer than this is no blackout of a migration that one would expect. */
export const LONGEST_BLACKOUT_MS = 10_000;

/**
 * From disturbance to cause, on echo alone. The order is that of trust: first what makes us doubt ourselves,
 * then what happens to everybody, then what only this target shows.
 */
export const RULES: readonly Rule[] = [
  {
    kind: 'unclear',
    confidence: 0.2,
    why: 'probes could not be sent: our own side, no verdict',
    holds: found => found.unsent > 0,
  },
  {
    kind: 'unclear',
    confidence: 0.2,
    why: 'our probes left late: our own hiccup, no verdict',
    holds: found => found.lagMs > 0 && found.lagMs >= Math.max(found.gapMs, found.lengthMs) / 2,
  },
  {
    kind: 'outage',
    confidence: 0.6,
    why: 'all targets at once: our own side or the shared path',
    holds: found => found.others >= 2 && found.othersDisturbed === found.others,
  },
  {
    kind: 'pause',
    confidence: 0.7,
    why: 'requests were kept and answered all at once',
    holds: ({ sawtooth, gap, stray, slow }) =>
      sawtooth !== undefined &&
      sawtooth.queued >= 3 &&
      sawtooth.queued > (gap?.missing ?? 0) + stray &&
      slow - sawtooth.queued <= 2 + sawtooth.queued / 4,
  },
  {
    kind: 'outage',
    confidence: 0.6,
    why: 'no answer for longer than a migration takes',
    holds: found => found.gapMs > LONGEST_BLACKOUT_MS,
  },
  {
    kind: 'congestion',
    confidence: 0.5,
    why: 'scattered losses or long round trips',
    holds: found =>
      found.stray > 1 + (found.gap?.missing ?? 0) / 4 || (found.gap !== undefined && !found.sharp),
  },
  {
    kind: 'unclear',
    confidence: 0.4,
    why: 'a gap, but the only other target had one too',
    holds: found => found.gap !== undefined && found.others === 1 && found.othersDisturbed === 1,
  },
  {
    kind: 'unclear',
    confidence: 0.3,
    why: 'no answer',
    holds: found => found.gap !== undefined && !found.gapEnded,
  },
  {
    kind: 'unclear',
    red: true,
    confidence: 0.6,
    why: 'a clean gap, as a live migration leaves',
    holds: found => found.gap !== undefined,
  },
  {
    kind: 'congestion',
    confidence: 0.4,
    why: 'round trips unlike before',
    holds: () => true,
  },
];

export function decide(found: Findings): Rule {
  return RULES.find(rule => rule.holds(found))!;
}
