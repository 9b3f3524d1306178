import type { Bounds, EventKind } from '../core/event.js';
import { observerOf, subjectOf } from '../core/observer.js';
import type { Millis, TargetId } from '../core/sample.js';
import { spanOf, type TruthItem } from './truth.js';

/** One disturbance that a detector reported for a target. */
export interface Detection {
  target: TargetId;
  /** The kind in the end. */
  kind: EventKind;
  /** The light turned red at `at`; otherwise the event was reported, amber, at `at`. */
  red: boolean;
  at: Millis;
  /** The span of the event. One without an end lasts until `at` at least. */
  startedAt: Millis;
  endedAt?: Millis;
  /** In 0…1: how sure it was that `kind` names the cause. */
  confidence?: number;
  blackoutMs?: Bounds;
}

/** One action on one target, and the detection that matches it. */
export interface Match {
  truth: TruthItem;
  target: TargetId;
  from: Millis;
  to: Millis;
  detection?: Detection;
}

export interface Matching {
  matches: readonly Match[];
  /** Actions that must cause no event: a busy host. */
  harmless: readonly TruthItem[];
  /** Detections that match no action, including duplicates. */
  unmatched: readonly Detection[];
}

/** An event matches an action if it begins no later than this after its end. */
const TOLERANCE_MS: Millis = 1500;

/**
 * Matches events with actions of the same target, one to one: of all pairs that overlap, the one with the largest overlap
 * first. An event that was red before the action began does not match it. A busy host matches nothing.
 */
export function matchDetections(
  truth: readonly TruthItem[],
  detections: readonly Detection[],
  targets: readonly TargetId[],
): Matching {
  const harmless = truth.filter(({ type }) => type === 'host-contention');
  const matches = truth
    .filter(item => !harmless.includes(item))
    .flatMap(item => expand(item, targets))
    .sort((a, b) => a.from - b.from);
  const free = new Set([...detections].sort((a, b) => a.at - b.at));
  const pairs = matches
    .flatMap(match => [...free].filter(each => fits(match, each)).map(detection => ({ match, detection })))
    .map(pair => ({ ...pair, overlap: overlapOf(pair.match, pair.detection) }))
    .sort((a, b) => b.overlap - a.overlap);
  for (const { match, detection } of pairs) {
    if (match.detection || !free.has(detection)) continue;
    match.detection = detection;
    free.delete(detection);
  }
  return { matches, harmless, unmatched: [...free] };
}

function fits({ target, from, to }: Match, detection: Detection): boolean {
  if (detection.target !== target || (detection.red && detection.at < from)) return false;
  return detection.startedAt <= to + TOLERANCE_MS && endOf(detection) >= from;
}

/** Intersection over union of the two spans; below 0, how far they are apart, for spans without an intersection. */
function overlapOf({ from, to }: Match, detection: Detection): number {
  const [start, end] = [detection.startedAt, endOf(detection)];
  const common = Math.min(to, end) - Math.max(from, start);
  const whole = Math.max(to, end) - Math.min(from, start);
  return common > 0 ? common / whole : common;
}

function endOf({ at, startedAt, endedAt }: Detection): Millis {
  return endedAt ?? Math.max(at, startedAt);
}

function expand(truth: TruthItem, targets: readonly TargetId[]): Match[] {
  return visibleAt(truth, targets).map(target => ({ truth, target, ...spanOf(truth) }));
}

/** All observers of a target see what happens to it; only we see what happens to our path (`*`). */
function visibleAt({ target }: TruthItem, targets: readonly TargetId[]): TargetId[] {
  if (target === '*') return targets.filter(each => observerOf(each) === '');
  return [target, ...targets.filter(each => each !== target && subjectOf(each) === target)];
}
