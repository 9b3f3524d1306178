import { type Millis, type TargetId, toMicros } from '../core/sample.js';

/** By how much one log's times have to be moved so that it shows the events of another. */
export interface OffsetProposal {
  offsetMs: Millis;
  /** Events that both logs show then. */
  matched: number;
  of: number;
}

/** The same for two recordings. */
export interface ClockProposal extends OffsetProposal {
  /** The matched events differ from the offset by at most this. */
  errorMs: Millis;
  /** Events that both show without the offset. */
  now: number;
}

/** A moment, of one target where it is known. */
export interface Moment {
  at: Millis;
  target?: TargetId;
}

/** The time between an event and a mark; `index` is the event's. */
interface Difference {
  index: number;
  by: Millis;
}

/** An offset, and the differences around it. */
interface Candidate {
  by: Millis;
  matched: number;
  from: number;
  to: number;
}

/** Clocks of the same events differ by less than a day: by a time zone, or by an error. */
const MAX_OFFSET: Millis = 14 * 3_600_000;
/** Moments of a log that belong to an event differ by at most this around the offset. */
const TOLERANCE: Millis = 2000;
/** The same for the beginnings of one event in two recordings, where probes are more frequent than this. */
const MIN_TOLERANCE: Millis = 100;
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
  const moments = (times: readonly Millis[]) => times.map(at => ({ at }));
  const differences = differencesOf(moments(marks), moments(events));
  const best = mostMatched(candidates(differences, TOLERANCE));
  if (!best || !isEnough(best, matchedAt(differences, 0, TOLERANCE), events.length)) return undefined;
  return { offsetMs: rounded(best.by), matched: best.matched, of: events.length };
}

/**
 * The offset at which a recording shows the most events of a reference, target by target. Undefined as above, and if another
 * offset fits as well, as with events at equal distances.
 */
export function proposeClockOffset(
  events: readonly Moment[],
  reference: readonly Moment[],
  intervalMs: Millis,
): ClockProposal | undefined {
  const tolerance = Math.max(MIN_TOLERANCE, 2 * intervalMs);
  const differences = differencesOf(events, reference);
  const all = candidates(differences, tolerance);
  const best = mostMatched(all);
  const [now, of] = [matchedAt(differences, 0, tolerance), Math.min(events.length, reference.length)];
  if (!best || !isEnough(best, now, of)) return undefined;
  const isRival = ({ by, matched }: Candidate) =>
    matched >= best.matched && Math.abs(by - best.by) > 2 * tolerance;
  if (all.some(isRival)) return undefined;
  const around = differences.slice(best.from, best.to).map(({ by }) => by);
  const offsetMs = toMicros(around[around.length >> 1]!);
  const errorMs = toMicros(Math.max(...around.map(by => Math.abs(by - offsetMs))));
  return { offsetMs, errorMs, matched: best.matched, of, now };
}

function differencesOf(marks: readonly Moment[], events: readonly Moment[]): Difference[] {
  return events
    .slice(0, MAX_MOMENTS)
    .flatMap((event, index) =>
      marks
        .slice(0, MAX_MOMENTS)
        .filter(({ target }) => target === event.target)
        .map(mark => ({ index, by: event.at - mark.at })),
    )
    .filter(({ by }) => Math.abs(by) <= MAX_OFFSET)
    .sort((a, b) => a.by - b.by);
}

/** For each difference, the events that have one up to twice the tolerance above it. */
function candidates(differences: readonly Difference[], tolerance: Millis): Candidate[] {
  const counts = new Map<number, number>();
  let to = 0;
  return differences.map(({ index, by }, from) => {
    for (; to < differences.length && differences[to]!.by - by <= 2 * tolerance; to++)
      counts.set(differences[to]!.index, (counts.get(differences[to]!.index) ?? 0) + 1);
    const candidate = { by: differences[(from + to - 1) >> 1]!.by, matched: counts.size, from, to };
    const left = counts.get(index)! - 1;
    if (left > 0) counts.set(index, left);
    else counts.delete(index);
    return candidate;
  });
}

function mostMatched(all: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of all) if (candidate.matched > (best?.matched ?? 0)) best = candidate;
  return best;
}

function isEnough({ matched }: Candidate, now: number, of: number): boolean {
  return matched > now && matched >= Math.max(MIN_MATCHED, of / 2);
}

function matchedAt(differences: readonly Difference[], offset: Millis, tolerance: Millis): number {
  const near = differences.filter(({ by }) => Math.abs(by - offset) <= tolerance);
  return new Set(near.map(({ index }) => index)).size;
}

/** A time zone, or a tenth of a second. */
function rounded(offset: Millis): Millis {
  const zone = Math.round(offset / ZONE) * ZONE;
  if (zone !== 0 && Math.abs(offset - zone) <= ZONE_TOLERANCE) return zone;
  return Math.round(offset / 100) * 100;
}
