import type { Millis } from '../core/sample.js';

/** By how much one log's times have to be moved so that it shows the events of another. */
export interface OffsetProposal {
  offsetMs: Millis;
  /** Events that both logs show then. */
  matched: number;
  of: number;
}

/** Clocks of the same events differ by less than a day: by a time zone, or by an error. */
const MAX_OFFSET: Millis = 14 * 3_600_000;
/** Moments that belong together differ by at most this around the offset. */
const TOLERANCE: Millis = 2000;
/** With fewer, a match is chance. */
const MIN_MATCHED = 2;
/** An offset so near to a whole quarter of an hour is a time zone. */
const ZONE: Millis = 900_000;
const ZONE_TOLERANCE: Millis = 60_000;
const MAX_MOMENTS = 1000;

/**
 * The offset at which the most events have a mark nearby, found among all differences of the two. Undefined if without an
 * offset as many have one, or less than half of them have one at any.
 */
export function proposeOffset(
  marks: readonly Millis[],
  events: readonly Millis[],
): OffsetProposal | undefined {
  const differences = events
    .slice(0, MAX_MOMENTS)
    .flatMap((event, index) => marks.slice(0, MAX_MOMENTS).map(mark => ({ index, by: event - mark })))
    .filter(({ by }) => Math.abs(by) <= MAX_OFFSET)
    .sort((a, b) => a.by - b.by);
  const now = matchedAt(differences, 0);
  let best: OffsetProposal | undefined;
  const counts = new Map<number, number>();
  for (let from = 0, to = 0; from < differences.length; from++) {
    for (; to < differences.length && differences[to]!.by - differences[from]!.by <= 2 * TOLERANCE; to++)
      counts.set(differences[to]!.index, (counts.get(differences[to]!.index) ?? 0) + 1);
    if (counts.size > (best?.matched ?? now))
      best = {
        offsetMs: rounded(differences[(from + to - 1) >> 1]!.by),
        matched: counts.size,
        of: events.length,
      };
    const { index } = differences[from]!;
    const left = counts.get(index)! - 1;
    if (left > 0) counts.set(index, left);
    else counts.delete(index);
  }
  return best && best.matched >= Math.max(MIN_MATCHED, events.length / 2) ? best : undefined;
}

function matchedAt(differences: readonly { index: number; by: Millis }[], offset: Millis): number {
  return new Set(differences.filter(({ by }) => Math.abs(by - offset) <= TOLERANCE).map(({ index }) => index))
    .size;
}

/** A time zone, or a tenth of a second. */
function rounded(offset: Millis): Millis {
  const zone = Math.round(offset / ZONE) * ZONE;
  if (zone !== 0 && Math.abs(offset - zone) <= ZONE_TOLERANCE) return zone;
  return Math.round(offset / 100) * 100;
}
