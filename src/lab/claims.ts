import type { Millis } from '../core/sample.js';
import type { Match, Score } from '../evaluation/score.js';
import { spanOf } from '../evaluation/truth.js';
import { claimText } from './narrator.js';
import type { Made } from './play.js';
import type { Seen } from './reader.js';

/** A viewer that stalls does so within this time after what made it stall is over: until then it lives on its buffer. */
const AFTERMATH: Millis = 15_000;

/** What a claim came to. */
export interface Checked {
  claim: string;
  seen: string;
  holds: boolean;
}

/** Holds what was claimed against what was detected and what the viewer saw. */
export function checkClaims(made: readonly Made[], { matches }: Score, playback: readonly Seen[]): Checked[] {
  return made.map(({ claim, truth }, index) => {
    const { from, to } = spanOf(truth);
    const next = made[index + 1];
    const until = Math.min(to + AFTERMATH, next ? spanOf(next.truth).from : Infinity);
    const viewer = viewerWithin(playback, from, until);
    const sightings = matches.filter(match => match.truth === truth);
    const told = sightings.every(
      ({ detection }) => detection?.kind === claim.kind && detection.red === (claim.kind === 'migration'),
    );
    return {
      claim: claimText(claim),
      seen: `${sightings.map(sighting).join(', ')}; ${viewer.words}`,
      holds: sightings.length > 0 && told && viewer.did === claim.viewer,
    };
  });
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
