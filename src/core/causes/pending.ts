import type { Features } from '../judge/features.js';
import type { EvidenceWitness } from '../outcomes.js';
import { ANNOUNCED_WITHIN_MS } from './segment-questions.js';

/** Evidence that is still to come: until then there is no verdict. */
export interface Pending {
  /** Stable: scripts, recordings and saved states refer to it. */
  id: string;
  witness: EvidenceWitness;
  why: string;
  holds(found: Features): boolean;
}

export const PENDING: readonly Pending[] = [
  {
    id: 'no-answer',
    witness: 'echo',
    why: 'no answer',
    holds: ({ gap, gapEnded }) => gap !== undefined && !gapEnded,
  },
  {
    id: 'announced-awaiting-clock',
    witness: 'announce',
    why: 'announced from a new location; waiting for clock evidence',
    holds: ({ announcements, missing, clock }) =>
      announcements.moved > 0 && missing > 0 && clock.state === 'waiting',
  },
  {
    id: 'answers-awaiting-clock',
    witness: 'echo',
    why: 'answers again; waiting for clock evidence',
    holds: ({ gap, clock }) => gap !== undefined && clock.state === 'waiting',
  },
  {
    id: 'stood-still-awaiting-echoes',
    witness: 'clock',
    why: 'the guest clock stood still; waiting for its echoes',
    holds: ({ freezeMs, gap, recovered, announcements }) =>
      freezeMs !== undefined && gap === undefined && !recovered && announcements.moved === 0,
  },
  {
    id: 'answers-awaiting-announcement',
    witness: 'echo',
    why: 'answers again; an announcement may follow',
    holds: found =>
      found.gap !== undefined &&
      found.clock.state !== 'read' &&
      found.audible &&
      found.announcements.moved === 0 &&
      found.sinceGapMs < ANNOUNCED_WITHIN_MS,
  },
];
