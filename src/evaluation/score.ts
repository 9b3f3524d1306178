import type { Bounds, EventKind } from '../core/event.js';
import { observerOf, subjectOf } from '../core/observer.js';
import type { Millis, TargetId } from '../core/sample.js';
import { spanOf, type TruthItem, type TruthType } from './truth.js';

/** What a detector said of a target, once for each disturbance it claims. */
export interface Detection {
  target: TargetId;
  /** As it stood in the end. */
  kind: EventKind;
  /** It turned the light red, at `at`; else it was told, amber, at `at`. */
  red: boolean;
  at: Millis;
  blackoutMs?: Bounds;
}

/** One thing that happened to one target, and what was made of it. */
export interface Match {
  truth: TruthItem;
  target: TargetId;
  from: Millis;
  to: Millis;
  detection?: Detection;
}

export interface Conditions {
  /** All that were watched; a label for `*` counts once for each. */
  targets: readonly TargetId[];
  /** Between probes of a target. */
  intervalMs: Millis;
  /** How long each was watched. */
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
  /** What happened and was to be felt by nobody: a busy host. */
  harmless: readonly TruthItem[];
  /** Detections that belong to nothing that happened, duplicates included. */
  unmatched: readonly Detection[];
  /** Migrations that turned red. */
  recall: Ratio;
  /** The same by blackout in probe intervals. */
  recallByLength: readonly (Ratio & { intervals: string; ceiling: number })[];
  /** The unmatched that were red. */
  falseMigrations: number;
  falseMigrationsPerTargetDay: number;
  /** 95 % bound of that rate: of what never happened in an exposure E, the rate is below 3/E (the rule of three). */
  upperBoundPerTargetDay?: number;
  /** How often what happened (first) was told as something else (second); `missed` where nothing was told. */
  confusion: ReadonlyMap<TruthType, ReadonlyMap<EventKind | 'missed', number>>;
  /** From STOP to red. */
  delayMs?: Quantiles;
  /** Of the estimate against STOP→RESUME of migrations and pauses, without sign. */
  blackoutErrorMs?: Quantiles;
  /** Blackouts that were not longer than the high bound given. */
  highBound: Ratio;
}

/** A detection counts for what happened if it comes no later than this after its end. */
const GRACE_MS: Millis = 1500;
const DAY_MS: Millis = 86_400_000;
/** Edges of the classes of blackout, in probe intervals. */
const LENGTHS = [0, 1, 2, 4, Infinity];

/**
 * Compares what was detected with what happened: one to one, within [STOP, RESUME + 1.5 s]. No point-adjusted scores.
 * A busy host matches nothing: whatever is told during it is false.
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
      each => each.target === target && each.at >= from && each.at <= to + GRACE_MS,
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

/** What befalls a target is felt by all who watch it; what befalls our path, by us. */
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

function lengthOf({ from, to }: Match): Millis {
  return to - from;
}

/** With what echo alone can reach: a blackout g meets a probe with the chance min(1, g/T). */
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
    const told = detection?.kind ?? 'missed';
    table.set(truth.type, row.set(told, (row.get(told) ?? 0) + 1));
  }
  return table;
}

function optional<Name extends string>(name: Name, values: readonly Millis[]): { [Key in Name]?: Quantiles } {
  if (values.length === 0) return {};
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.ceil(q * sorted.length) - 1]!;
  return { [name]: { median: at(0.5), p95: at(0.95), max: at(1) } } as { [Key in Name]?: Quantiles };
}
