import { textTable } from '../core/format/table.js';
import type { Millis } from '../core/sample.js';
import type { Match } from '../evaluation/matching.js';
import type { Score } from '../evaluation/score.js';
import { spanOf } from '../evaluation/truth.js';
import { claimText } from './narrator.js';
import type { Made } from './play.js';
import type { Seen } from './reader.js';

/** A viewer stalls at most this long after the end of the cause, because it first plays its buffer. */
const STALL_DELAY: Millis = 15_000;

/** A claim of the narration, compared with what was detected. */
export interface CheckedClaim {
  claim: string;
  seen: string;
  holds: boolean;
}

/** Compares each claim with what was detected and what the viewer saw. */
export function checkClaims(
  made: readonly Made[],
  { matches }: Score,
  playback: readonly Seen[],
): CheckedClaim[] {
  return made.map(({ claim, truth }, index) => {
    const { from, to } = spanOf(truth);
    const next = made[index + 1];
    const until = Math.min(to + STALL_DELAY, next ? spanOf(next.truth).from : Infinity);
    const viewer = viewerWithin(playback, from, until);
    const sightings = matches.filter(match => match.truth === truth);
    const isAsClaimed = sightings.every(
      ({ detection }) => detection?.kind === claim.kind && detection.red === (claim.kind === 'migration'),
    );
    return {
      claim: claimText(claim),
      seen: `${sightings.map(sighting).join(', ')}; ${viewer.words}`,
      holds: sightings.length > 0 && isAsClaimed && viewer.did === claim.viewer,
    };
  });
}

/** The claims beside what was seen, as lines. */
export function claimsTable(claims: readonly CheckedClaim[]): string[] {
  return textTable([
    ['claimed', '', 'seen'],
    ...claims.map(({ claim, holds, seen }) => [claim, holds ? 'holds' : 'FAILS', seen]),
  ]);
}

function sighting({ target, detection }: Match): string {
  return `${target}: ${detection ? `${detection.red ? 'red' : 'amber'} ${detection.kind}` : 'missed'}`;
}

function viewerWithin(playback: readonly Seen[], from: Millis, until: Millis) {
  const seen = playback.filter(({ at }) => at >= from && at <= until);
  const before = playback.findLast(({ at }) => at < from)?.stalledMs ?? 0;
  const stalledMs = (seen.at(-1)?.stalledMs ?? 0) - before;
  if (stalledMs > 0)
    return { did: 'stalls', words: `the viewer stalled for ${(stalledMs / 1000).toFixed(1)} s` };
  const lowest = Math.min(...seen.map(({ lowestMs }) => lowestMs));
  return {
    did: seen.length > 0 ? 'plays' : 'is gone',
    words: `the viewer had ${(lowest / 1000).toFixed(1)} s or more`,
  };
}
