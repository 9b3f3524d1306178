import type { Millis } from '../sample.js';
import { type Episode, type Gap, receivedAt, type Sawtooth } from './episode.js';

/** What the judge's rules look at. Derived anew from the evidence whenever it changed. */
export interface Findings {
  /** The longest run of missing echoes, of at least two. */
  gap?: Gap;
  /** An echo sent after the gap was answered, and those of the gap were not answered with it. */
  gapEnded: boolean;
  /** Last good send before to first good send after, or so far. */
  gapMs: Millis;
  /** The RTT was as usual right before the gap and soon after it. */
  sharp: boolean;
  /** Missing echoes outside the gap. */
  stray: number;
  sawtooth?: Sawtooth;
  slow: number;
  /** The longest that a send of ours was late while this went on. */
  lagMs: Millis;
  /** How long it went on, so far. */
  lengthMs: Millis;
  /** Probes that could not leave this machine meanwhile. */
  unsent: number;
  /** Other real targets that answer at all, and how many of them were disturbed at the same time. */
  others: number;
  othersDisturbed: number;
}

/** What happens around the target, which its own echoes don't tell. */
export interface Surroundings {
  lagMs: Millis;
  unsent: number;
  others: number;
  othersDisturbed: number;
  now: Millis;
  /** The target's usual RTT and interval. */
  typicalMs: Millis;
  spacingMs: Millis;
}

/** Recovery takes this long: the first replies after a blackout are late (measured: 7–50 ms over 1 ms). */
const RECOVERY_MS: Millis = 500;

/** Replies released together may overtake each other by this much: a gap is no gap before that has passed. */
const REORDER_MS: Millis = 2;

/** The last request that was kept may itself be late by what a recovery takes. */
const KEPT_LAST_MS: Millis = 50;

export function find(episode: Episode, around: Surroundings): Findings {
  const gaps = episode.gaps();
  const longest = gaps.reduce<Gap | undefined>(
    (best, gap) => (gap.missing > (best?.missing ?? 1) ? gap : best),
    undefined,
  );
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const slow = episode.inOrder().filter(echo => echo.fate === 'slow');
  const lastGood = longest?.before?.at ?? longest?.first.at ?? 0;
  return {
    ...(longest && { gap: longest }),
    gapEnded: longest?.after !== undefined && around.now >= receivedAt(longest.after) + REORDER_MS,
    gapMs: longest ? (longest.after?.at ?? around.now) - lastGood : 0,
    sharp: !slow.some(echo => longest && !withinRecovery(echo.at, longest)),
    stray: missing - (longest?.missing ?? 0),
    ...sawtoothOf(episode, around),
    slow: slow.length,
    lengthMs: Math.max(0, episode.lastBadAt - episode.startedAt),
    lagMs: around.lagMs,
    unsent: around.unsent,
    others: around.others,
    othersDisturbed: around.othersDisturbed,
  };
}

/** A true one has a tooth an interval and runs down to the usual RTT: whatever was sent until the release was kept. */
function sawtoothOf(episode: Episode, { typicalMs, spacingMs }: Surroundings): { sawtooth?: Sawtooth } {
  const sawtooth = episode.sawtooth();
  if (!sawtooth) return {};
  const { first, last, queued } = sawtooth;
  const complete = last.rttMs! - typicalMs < 2 * spacingMs + KEPT_LAST_MS;
  const dense = queued * spacingMs >= (last.at - first.at) / 2;
  return complete && dense ? { sawtooth } : {};
}

function withinRecovery(at: Millis, gap: Gap): boolean {
  return at >= gap.first.at && at <= (gap.after?.at ?? gap.last.at) + RECOVERY_MS;
}
