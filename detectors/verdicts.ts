import type { Verdict } from '../src/core/verdict.js';

export const LEARNING: Verdict = Object.freeze({ state: 'learning', score: 0, threshold: 0, why: '' });

/** A calm verdict; the previous object if it is equal, which avoids most of the garbage. */
export function calm(before: Verdict, score: number, threshold: number): Verdict {
  const same = before.state === 'calm' && before.score === score && before.threshold === threshold;
  return same ? before : { state: 'calm', score, threshold, why: '' };
}
