import { safeJson } from '../core/format/safe-json.js';
import type { Millis } from '../core/sample.js';
import type { TargetSpec } from './targets.js';

/** A higher rate needs an explicit interval from the user. */
const MAX_PACKETS_PER_SECOND = 2000;

/** Throws a RangeError for a rate that needs an explicit interval. */
export function checkPolite(targets: number, intervalMs: Millis): void {
  const rate = (targets * 1000) / intervalMs;
  if (rate <= MAX_PACKETS_PER_SECOND) return;
  const fitting = Math.ceil((targets * 1000) / MAX_PACKETS_PER_SECOND / 10) * 10;
  throw new RangeError(
    `${targets} targets every ${intervalMs}ms are ${Math.round(rate)} packets a second. More than ` +
      `${MAX_PACKETS_PER_SECOND} need an explicit interval: add -i ${fitting}ms, or -i ${intervalMs}ms to keep this rate`,
  );
}

/** Throws a RangeError if the speed of time can't be changed, as for a real target. */
export function checkSpeed(targets: readonly TargetSpec[], speed: number): void {
  if (speed === 1) return;
  const real = targets.find(({ scheme }) => scheme !== 'sim');
  if (real)
    throw new RangeError(`--speed is for simulated targets and replays, and ${safeJson(real.id)} is neither`);
  if (speed === Infinity) throw new RangeError('--speed max is for replays: a simulation has no end');
}
