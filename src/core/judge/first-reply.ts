import type { Millis } from '../sample.js';
import type { Level } from './echo-history.js';
import type { Gap } from './echo-runs.js';

/** How the first echo after missing ones was answered: as usual, or so late that the guest had to catch up. */
export type FirstReply = 'prompt' | 'late';

/** Measured on gaps of real guests: 78 of 88 migrations came back later than this, and 1 of 39 cuts and forgeries. */
const LATE = { leastMs: 5, spreads: 3 };
/** In between, the reply decides nothing. */
const PROMPT = { leastMs: 3, spreads: 2 };

/**
 * How the first echo after the longest run of missing ones was answered. A guest that was moved answers late, since its
 * memory and its queues are cold; behind a port that was down it answers as usual. Undefined without a run, before it
 * ends, without a usual level, in between, and where round trips vary by as much as a guest is late.
 */
export function firstReplyOf(gaps: readonly Gap[], usual: Level | undefined): FirstReply | undefined {
  const run = gaps.reduce<Gap | undefined>(longer, undefined);
  const rttMs = run?.after?.rttMs;
  if (!usual || rttMs === undefined) return undefined;
  const [aboveMs, spreadMs] = [rttMs - usual.medianMs, usual.highMs - usual.lowMs];
  const limit = ({ leastMs, spreads }: typeof LATE): Millis => Math.max(leastMs, spreads * spreadMs);
  if (aboveMs > limit(LATE)) return 'late';
  const promptMs = limit(PROMPT);
  return aboveMs < promptMs && promptMs <= LATE.leastMs ? 'prompt' : undefined;
}

function longer(best: Gap | undefined, gap: Gap): Gap {
  return best && best.missing >= gap.missing ? best : gap;
}
