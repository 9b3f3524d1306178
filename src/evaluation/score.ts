import type { EventKind } from '../core/event.js';
import type { Millis, TargetId } from '../core/sample.js';
import { type CauseScore, causeScores } from './causes.js';
import { type Interval, shareInterval, upperCount } from './intervals.js';
import { type Detection, type Match, type Matching, matchDetections } from './matching.js';
import { type Reliability, reliabilityOf } from './reliability.js';
import { blackoutOf, type TruthItem, type TruthType } from './truth.js';

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

/** What a false red was in truth. */
export type FalseCause = TruthType | 'nothing';

export interface Score extends Matching {
  /** Migrations that turned the light red and were called a migration. */
  recall: Ratio;
  /** The 95 % confidence interval of that share; absent without migrations. */
  recallInterval?: Interval;
  /** Migrations that turned the light red as `unclear`: seen, but not told apart. They are not found. */
  redUnclear: number;
  /** The same, by the length of the blackout in probe intervals. */
  recallByLength: readonly (Ratio & { intervals: string; ceiling: number })[];
  /** Red events that were neither a migration nor a ghost, whatever else happened. */
  falseReds: number;
  /** What they were. */
  falseRedsByCause: ReadonlyMap<FalseCause, number>;
  falseRedsPerTargetDay: number;
  /** The upper 95 % bound of that rate. */
  upperBoundPerTargetDay: number;
  /** The observed time of all targets together, in days. */
  targetDays: number;
  /** How well each cause is told apart. */
  causes: readonly CauseScore[];
  /** How far the confidence can be trusted; absent for detections without confidence. */
  reliability?: Reliability;
  /** How often each type of label (first key) was reported as each kind of event (second key), or `missed`. */
  confusion: ReadonlyMap<TruthType, ReadonlyMap<EventKind | 'missed', number>>;
  /** Time from STOP to red, of the migrations that were found. */
  delayMs?: Quantiles;
  /** Absolute error of the estimate against STOP→RESUME, for migrations and pauses. */
  blackoutErrorMs?: Quantiles;
  /** Blackouts that were not longer than the reported high bound. */
  highBound: Ratio;
}

const DAY_MS: Millis = 86_400_000;
/** Edges of the classes of blackout, in probe intervals. */
const LENGTHS = [0, 1, 2, 4, Infinity];
/** What may turn the light red. */
const RED: readonly TruthType[] = ['migration', 'ghost'];

/** Compares what was detected with what happened, one to one. No point-adjusted scores. */
export function score(
  truth: readonly TruthItem[],
  detections: readonly Detection[],
  conditions: Conditions,
): Score {
  const matching = matchDetections(truth, detections, conditions.targets);
  return { ...matching, ...figures(matching, conditions) };
}

function figures(matching: Matching, conditions: Conditions) {
  const { matches } = matching;
  const migrations = matches.filter(({ truth }) => truth.type === 'migration');
  const found = migrations.filter(isFound);
  const frozen = matches.filter(
    match => ['migration', 'pause'].includes(match.truth.type) && match.detection?.blackoutMs,
  );
  const falseRedsByCause = falseReds(matching);
  const count = [...falseRedsByCause.values()].reduce((sum, each) => sum + each, 0);
  const targetDays = (conditions.targets.length * conditions.watchedMs) / DAY_MS;
  const recallInterval = shareInterval(found.length, migrations.length);
  const reliability = reliabilityOf(matching);
  return {
    recall: { found: found.length, of: migrations.length },
    ...(recallInterval && { recallInterval }),
    redUnclear: migrations.filter(({ detection }) => detection?.red && detection.kind === 'unclear').length,
    recallByLength: recallByLength(migrations, conditions.intervalMs),
    ...{ falseReds: count, falseRedsByCause, targetDays },
    falseRedsPerTargetDay: count / targetDays,
    upperBoundPerTargetDay: upperCount(count) / targetDays,
    causes: causeScores(matching),
    ...(reliability && { reliability }),
    confusion: confusion(matches),
    ...optional(
      'delayMs',
      found.map(({ detection, from }) => detection!.at - from),
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
  return detection?.red === true && detection.kind === 'migration';
}

function falseReds({ matches, unmatched }: Matching): Map<FalseCause, number> {
  const causes: FalseCause[] = [
    ...matches
      .filter(({ truth, detection }) => detection?.red && !RED.includes(truth.type))
      .map(({ truth }) => truth.type),
    ...unmatched.filter(({ red }) => red).map(() => 'nothing' as const),
  ];
  const counts = new Map<FalseCause, number>();
  for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return counts;
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
