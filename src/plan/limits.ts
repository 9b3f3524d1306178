import { safeJson } from '../core/format/safe-json.js';
import type { Millis } from '../core/sample.js';
import type { TargetSpec } from './targets.js';

/** Politeness: more than this needs the user's own word. */
const PACKETS_PER_SECOND = 2000;

/** Throws a RangeError for more packets a second than anybody gets without asking. */
export function checkPolite(targets: number, intervalMs: Millis): void {
  const rate = (targets * 1000) / intervalMs;
  if (rate <= PACKETS_PER_SECOND) return;
  const fitting = Math.ceil((targets * 1000) / PACKETS_PER_SECOND / 10) * 10;
  throw new RangeError(
    `${targets} targets every ${intervalMs}ms are ${Math.round(rate)} packets a second, and more than ` +
      `${PACKETS_PER_SECOND} need your own word: add -i ${fitting}ms, or -i ${intervalMs}ms if you mean it`,
  );
}

/** Throws a RangeError where time can't pass faster: on the wire it takes what it takes. */
export function checkSpeed(targets: readonly TargetSpec[], speed: number): void {
  if (speed === 1) return;
  const real = targets.find(({ scheme }) => scheme !== 'sim');
  if (real)
    throw new RangeError(`--speed is for simulated targets and replays, and ${safeJson(real.id)} is neither`);
  if (speed === Infinity) throw new RangeError('--speed max is for replays: a simulation has no end');
}
