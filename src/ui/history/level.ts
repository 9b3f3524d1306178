import type { Millis } from '../../core/sample.js';
import type { Verdict } from '../../core/verdict.js';
import type { Slots } from './slots.js';

/** The level of a statistic at its limit; alarms lie above it, calm at or below it. */
export const LIMIT = 128;
const TOP = 255;

/**
 * A detector's statistic as 1…255 whatever its unit: r / (1 + r) of the ratio r of score to threshold. So the limit is
 * in the middle, three times the limit at three quarters, and no score is too high; 0 while it learns.
 */
export function levelOf({ state, score, threshold }: Verdict): number {
  if (state === 'learning') return 0;
  const alarm = state === 'alarm';
  const share = threshold > 0 ? Math.max(0, score) / (threshold + Math.max(0, score)) : alarm ? 1 : 0;
  const level = 1 + Math.round((Number.isFinite(score) ? share : 1) * (TOP - 1));
  return alarm ? Math.max(LIMIT + 1, level) : Math.min(LIMIT, level);
}

/** A detector's highest level from `from` to `to`; 0 without a verdict. */
export function highestLevel(slots: Slots, detector: number, from: Millis, to: Millis): number {
  let most = 0;
  slots.between(from, to, (page, slot) => {
    most = Math.max(most, page.levelIn(slot, detector));
  });
  return most;
}

/** How high a level is drawn, in 0…1. */
export function heightOf(level: number): number {
  return (level - 1) / (TOP - 1);
}

/** The ratio of score to threshold at a level; Infinity at the highest. */
export function ratioOf(level: number): number {
  return (level - 1) / (TOP - level);
}
