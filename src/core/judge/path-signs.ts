import type { Millis } from '../sample.js';
import {
  count,
  type Json,
  list,
  moment,
  object,
  optional,
  part,
  type Stateful,
} from '../validation/saved-state.js';
import type { EchoHistory } from './echo-history.js';
import type { PathFeatures } from './features.js';

/** The usual range of round trips. */
export interface Level {
  lowMs: Millis;
  medianMs: Millis;
  highMs: Millis;
}

interface TtlChange {
  at: Millis;
  from: number;
  to: number;
}

const CAPACITY = 64;
/** So many replies at a new level are a new level. */
export const MIN_REPLIES = 40;
/** A level that moved by less, or by less than this share, stays the same. */
const MIN_MOVE_MS: Millis = 0.3;
const MIN_MOVE = 0.15;

const STATE = part<{ ttl: number | undefined; changed: TtlChange | undefined; duplicatesAt: Millis[] }>(1, {
  ttl: optional(count),
  changed: optional(object<TtlChange>({ at: moment, from: count, to: count })),
  duplicatesAt: list(moment, CAPACITY),
});

/** What replies show of the path to a target, beside their round trips. */
export class PathSigns implements Stateful {
  private ttl: number | undefined;
  private changed: TtlChange | undefined;
  private duplicatesAt: Millis[] = [];

  answered(at: Millis, ttl: number): void {
    if (this.ttl !== undefined) this.changed = { at, from: this.ttl, to: ttl };
    this.ttl = ttl;
  }

  /** Whether a reply with this TTL changes anything: nearly none does. */
  isUsual(ttl: number | undefined): boolean {
    return ttl === undefined || ttl === this.ttl;
  }

  answeredTwice(at: Millis): void {
    this.duplicatesAt.push(at);
    if (this.duplicatesAt.length > CAPACITY) this.duplicatesAt.shift();
  }

  ttlSince(moment: Millis): PathFeatures['ttl'] {
    const { changed } = this;
    if (!changed || changed.at < moment || changed.to !== this.ttl) return undefined;
    return { from: changed.from, to: changed.to };
  }

  duplicatesSince(moment: Millis): number {
    return this.duplicatesAt.filter(at => at >= moment).length;
  }

  save(): Json {
    const { ttl, changed, duplicatesAt } = this;
    return STATE.save({ ttl, changed, duplicatesAt });
  }

  load(saved: Json): void {
    ({ ttl: this.ttl, changed: this.changed, duplicatesAt: this.duplicatesAt } = STATE.load(saved));
  }
}

/** The range of the replies up to `until`; undefined with too few. */
export function levelBefore(history: EchoHistory, until: Millis): Level | undefined {
  return levelOf(history.rttsWithin(-Infinity, until));
}

/** The level before and since, if it moved, and stayed there in the last replies. */
export function movedLevel(
  history: EchoHistory,
  before: Level | undefined,
  since: Millis,
): PathFeatures['level'] {
  const rtts = before ? history.rttsWithin(since, Infinity).slice(-MIN_REPLIES) : [];
  if (!before || rtts.length < MIN_REPLIES) return undefined;
  const halves = [rtts.slice(0, MIN_REPLIES / 2), rtts.slice(MIN_REPLIES / 2)].map(levelOfSome);
  const moved = (way: 1 | -1) =>
    halves.every(({ lowMs, highMs }) => (way > 0 ? lowMs > before.highMs : highMs < before.lowMs));
  const toMs = levelOfSome(rtts).medianMs;
  const least = Math.max(MIN_MOVE_MS, MIN_MOVE * before.medianMs);
  const isMoved = Math.abs(toMs - before.medianMs) > least && (moved(1) || moved(-1));
  return isMoved ? { fromMs: before.medianMs, toMs } : undefined;
}

function levelOf(rtts: readonly Millis[]): Level | undefined {
  return rtts.length < MIN_REPLIES ? undefined : levelOfSome(rtts);
}

function levelOfSome(rtts: readonly Millis[]): Level {
  const sorted = Float64Array.from(rtts).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { lowMs: at(0.2), medianMs: at(0.5), highMs: at(0.8) };
}
