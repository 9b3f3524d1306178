import type { Bounds, EventKind } from '../core/event.js';
import { observerOf, subjectOf } from '../core/observer.js';
import type { Millis, TargetId } from '../core/sample.js';
import { blackoutOf, spanOf, type TruthItem, type TruthType } from './truth.js';

/** One disturbance that a detector reported for a target. */
export interface Detection {
  target: TargetId;
  /** The kind in the end. */
  kind: EventKind;
  /** The light turned red at `at`; otherwise the event was reported, amber, at `at`. */
  red: boolean;
  at: Millis;
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

export interface Conditions {
  /** All watched targets; a label for `*` counts once for each. */
  targets: readonly TargetId[];
  /** Time between probes of a target. */
  intervalMs: Millis;
  /** How long each target was watched. */
  watchedMs: Millis;
}

export interface Quantiles {
  median: Millis;
  p95: Millis;
  max: Millis;
}

export interface Ratio {
  found: number;
  of: number;
}

export interface Score {
  matches: readonly Match[];
  /** Actions that must cause no event: a busy host. */
  harmless: readonly TruthItem[];
  /** Detections that match no action, including duplicates. */
  unmatched: readonly Detection[];
  /** Migrations that turned the light red. */
  recall: Ratio;
  /** The same, by the length of the blackout in probe intervals. */
  recallByLength: readonly (Ratio & { intervals: string; ceiling: number })[];
  /** Unmatched red detections. */
  falseMigrations: number;
  falseMigrationsPerTargetDay: number;
  /** 95 % bound of that rate: if nothing happened in an exposure E, the rate is below 3/E (the rule of three). */
  upperBoundPerTargetDay?: number;
  /** How often each type of label (first key) was reported as each kind of event (second key), or `missed`. */
  confusion: ReadonlyMap<TruthType, ReadonlyMap<EventKind | 'missed', number>>;
  /** Time from STOP to red. */
  delayMs?: Quantiles;
  /** Absolute error of the estimate against STOP→RESUME, for migrations and pauses. */
  blackoutErrorMs?: Quantiles;
  /** Blackouts that were not longer than the reported high bound. */
  highBound: Ratio;
}

/** A detection matches an action if it comes no later than this after its end. */
const DETECTION_TOLERANCE_MS: Millis = 1500;
const DAY_MS: Millis = 86_400_000;
/** Edges of the classes of blackout, in probe intervals. */
const LENGTHS = [0, 1, 2, 4, Infinity];

/**
 * Compares what was detected with what happened: one to one, within [STOP, RESUME + 1.5 s]. No point-adjusted scores.
 * A busy host matches nothing: every detection during it is false.
 */
export function score(
  truth: readonly TruthItem[],
  detections: readonly Detection[],
  conditions: Conditions,
): Score {
  const harmless = truth.filter(item => item.type === 'host-contention');
  const matches = truth
    .filter(item => !harmless.includes(item))
    .flatMap(item => expand(item, conditions.targets))
    .sort((a, b) => a.from - b.from);
  const free = new Set([...detections].sort((a, b) => a.at - b.at));
  for (const match of matches) {
    const { target, from, to } = match;
    const fitting = [...free].find(
      each => each.target === target && each.at >= from && each.at <= to + DETECTION_TOLERANCE_MS,
    );
    if (!fitting) continue;
    match.detection = fitting;
    free.delete(fitting);
  }
  return { matches, harmless, unmatched: [...free], ...figures(matches, [...free], conditions) };
}

function expand(truth: TruthItem, targets: readonly TargetId[]): Match[] {
  return visibleAt(truth, targets).map(target => ({ truth, target, ...spanOf(truth) }));
}

/** All observers of a target see what happens to it; only we see what happens to our path (`*`). */
function visibleAt({ target }: TruthItem, targets: readonly TargetId[]): TargetId[] {
  if (target === '*') return targets.filter(each => observerOf(each) === '');
  return [target, ...targets.filter(each => each !== target && subjectOf(each) === target)];
}

function figures(matches: readonly Match[], unmatched: readonly Detection[], conditions: Conditions) {
  const migrations = matches.filter(({ truth }) => truth.type === 'migration');
  const red = migrations.filter(isFound);
  const frozen = matches.filter(
    match => ['migration', 'pause'].includes(match.truth.type) && match.detection?.blackoutMs,
  );
  const falseMigrations = unmatched.filter(detection => detection.red).length;
  const days = (conditions.targets.length * conditions.watchedMs) / DAY_MS;
  return {
    recall: { found: red.length, of: migrations.length },
    recallByLength: recallByLength(migrations, conditions.intervalMs),
    falseMigrations,
    falseMigrationsPerTargetDay: falseMigrations / days,
    ...(falseMigrations === 0 && { upperBoundPerTargetDay: 3 / days }),
    confusion: confusion(matches),
    ...optional(
      'delayMs',
      red.map(({ detection, from }) => detection!.at - from),
    ),
    ...optional(
      'blackoutErrorMs',
      frozen.map(match => Math.abs(match.detection!.blackoutMs!.estimate - lengthOf(match))),
    ),
    highBound: {
      found: frozen.filter(match => match.detection!.blackoutMs!.high >= lengthOf(match)).length,
      of: frozen.length,
    },
  };
}

function isFound({ detection }: Match): boolean {
  return detection?.red === true;
}

function lengthOf({ truth }: Match): Millis {
  return blackoutOf(truth);
}

/** The recall by length, with the limit of echo alone: a blackout g contains a probe with probability min(1, g/T). */
function recallByLength(migrations: readonly Match[], intervalMs: Millis) {
  return LENGTHS.slice(1).map((upper, index) => {
    const lower = LENGTHS[index]!;
    const inClass = migrations.filter(match => {
      const intervals = lengthOf(match) / intervalMs;
      return intervals >= lower && intervals < upper;
    });
    const chances = inClass.map(match => Math.min(1, lengthOf(match) / intervalMs));
    return {
      intervals: upper === Infinity ? `≥ ${lower}` : `${lower}–${upper}`,
      found: inClass.filter(isFound).length,
      of: inClass.length,
      ceiling: chances.reduce((sum, chance) => sum + chance, 0) / Math.max(1, chances.length),
    };
  });
}

function confusion(matches: readonly Match[]): Score['confusion'] {
  const table = new Map<TruthType, Map<EventKind | 'missed', number>>();
  for (const { truth, detection } of matches) {
    const row = table.get(truth.type) ?? new Map<EventKind | 'missed', number>();
    const reported = detection?.kind ?? 'missed';
    table.set(truth.type, row.set(reported, (row.get(reported) ?? 0) + 1));
  }
  return table;
}

function optional<Name extends string>(name: Name, values: readonly Millis[]): { [Key in Name]?: Quantiles } {
  if (values.length === 0) return {};
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.ceil(q * sorted.length) - 1]!;
  return { [name]: { median: at(0.5), p95: at(0.95), max: at(1) } } as { [Key in Name]?: Quantiles };
}
