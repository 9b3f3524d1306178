import type { EventKind, MigrationEvent } from '../../core/event.js';
import { duration } from '../../core/format/duration.js';
import { type NamedTarget, namedTarget } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { EventPair } from '../../recording/event-list.js';

/** The state of a replay. */
export interface ReplayState {
  /** Infinity for as fast as possible. */
  speed: number;
  paused: boolean;
  /** The share of the recording that was read, in 0…1; absent: all of it. */
  share?: number;
  /** A jump waits until the recording is read so far. */
  seeks?: boolean;
  startedAt: Millis;
  endedAt: Millis;
  /** Recorded events paired with those judged now, over the whole recording, in order of time. */
  pairs: readonly EventPair[];
  gaps: readonly { at: Millis; until: Millis }[];
  notes: readonly { at: Millis; text: string }[];
  /** In the order of time. */
  bookmarks?: readonly { at: Millis; text: string }[];
}

export interface ReplayView {
  speed: string;
  paused: boolean;
  /** How much of the recording was read, and what waits for it; empty at the end. */
  reading: string;
  startedAt: Millis;
  endedAt: Millis;
  /** The share of the recording played so far, in 0…1. */
  played: number;
  marks: readonly ScrubberMark[];
  bookmarks: readonly { at: Millis; text: string }[];
  /** Number of events, and of those judged differently now. */
  events: number;
  differing: number;
}

/** A mark on the scrubber, at places in 0…1. */
export type ScrubberMark = { from: number; to: number } & ScrubberSign;

type ScrubberSign = { what: 'differs' | 'gap' | 'note' } | { what: 'event'; red: boolean };

/** A recorded event beside the one judged now; either may be missing. */
export interface ComparisonRow extends NamedTarget {
  startedAt: Millis;
  recorded: EventWords | undefined;
  judged: EventWords | undefined;
  agrees: boolean;
  /** The replay has not reached it yet. */
  ahead: boolean;
}

export interface EventWords {
  kind: EventKind;
  red: boolean;
  /** Its duration; empty if unknown. */
  length: string;
  confidence: number;
  /** The observation that decided. */
  why: string;
}

export function replayOf(state: ReplayState, now: Millis): ReplayView {
  const { startedAt, endedAt, pairs, paused, gaps, notes } = state;
  const length = Math.max(1, endedAt - startedAt);
  const place = (at: Millis) => Math.min(1, Math.max(0, (at - startedAt) / length));
  const mark = (sign: ScrubberSign, at: Millis, until = at): ScrubberMark => {
    return { ...sign, from: place(at), to: place(until) };
  };
  return {
    reading: readingWords(state),
    bookmarks: state.bookmarks ?? [],
    ...{ speed: speedName(state.speed), paused, startedAt, endedAt, played: place(now) },
    // Later marks are drawn over earlier ones.
    marks: [
      ...gaps.map(({ at, until }) => mark({ what: 'gap' }, at, until)),
      ...notes.map(({ at }) => mark({ what: 'note' }, at)),
      ...pairs.map(pair => mark(signOf(pair), firstOf(pair).startedAt)),
    ],
    events: pairs.length,
    differing: pairs.filter(({ agrees }) => !agrees).length,
  };
}

function readingWords({ share = 1, seeks = false }: ReplayState): string {
  if (share >= 1) return '';
  return `read ${Math.floor(100 * share)} %${seeks ? ', then jumps' : ''}`;
}

/** The pairs of the whole recording, newest first: as many as fit, around the moment that is shown. */
export function comparisonOf(
  { pairs }: ReplayState,
  targets: readonly TargetInfo[],
  now: Millis,
  most: number,
): ComparisonRow[] {
  const passed = pairs.findLastIndex(pair => firstOf(pair).startedAt <= now) + 1;
  const end = Math.min(pairs.length, Math.max(passed + Math.floor(most / 3), most));
  return pairs
    .slice(Math.max(0, end - most), end)
    .reverse()
    .map(pair => ({
      ...namedTarget(firstOf(pair).target, targets),
      startedAt: firstOf(pair).startedAt,
      recorded: words(pair.recorded),
      judged: words(pair.judged),
      agrees: pair.agrees,
      ahead: firstOf(pair).startedAt > now,
    }));
}

export function speedName(speed: number): string {
  return speed === Infinity ? 'max' : `${Number(speed.toPrecision(3))}x`;
}

function words(event: MigrationEvent | undefined): EventWords | undefined {
  if (!event) return undefined;
  const { kind, red, blackoutMs, stuntimeMs, confidence, evidence } = event;
  const length = blackoutMs?.estimate ?? stuntimeMs;
  const why = printable(evidence[0]?.summary ?? '');
  return { kind, red, length: length === undefined ? '' : duration(length), confidence, why };
}

function signOf(pair: EventPair): ScrubberSign {
  return pair.agrees ? { what: 'event', red: firstOf(pair).red } : { what: 'differs' };
}

function firstOf({ recorded, judged }: EventPair): MigrationEvent {
  return (recorded ?? judged)!;
}
