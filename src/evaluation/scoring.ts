import type { Millis } from '../core/sample.js';
import type { Analysis } from './analysis.js';
import { threeLostInARow } from './baselines.js';
import { type Detection, type Score, score } from './score.js';
import { spanOf, type TruthItem } from './truth.js';

/** The simple baseline that every table shows next to the detectors. */
export const BASELINE = 'three lost in a row';

export type Scores = Readonly<Record<string, Score>>;

/** The labels within the recording's time. A label for `*` becomes one for each target. */
function truthOf({ startedAt, endedAt, targets }: Analysis, truth: readonly TruthItem[]): TruthItem[] {
  return truth
    .filter(item => {
      const { from, to } = spanOf(item);
      return to >= startedAt && from <= endedAt;
    })
    .flatMap(item =>
      item.target === '*' && item.type !== 'host-contention'
        ? targets.map(({ target }) => ({ ...item, target }))
        : [item],
    );
}

/** The scores of each set of detectors and of the baseline, over all recordings together. */
export function scoreAll(analyses: readonly Analysis[], truth: readonly TruthItem[]): Scores {
  const names = analyses[0]!.judgements.map(({ name }) => name);
  const detectionsOf = (name: string) =>
    joined(analyses, analysis => analysis.judgements.find(each => each.name === name)!.detections);
  const labels = joined(analyses, analysis => truthOf(analysis, truth));
  const conditions = conditionsOf(analyses);
  const lost = joined(analyses, ({ nearLosses }) => threeLostInARow(nearLosses));
  const all: [string, readonly Detection[]][] = [
    ...names.map((name): [string, Detection[]] => [name, detectionsOf(name)]),
    [BASELINE, lost],
  ];
  return Object.fromEntries(all.map(([name, detections]) => [name, score(labels, detections, conditions)]));
}

/** Items of all recordings. Targets with the same name in two recordings are two targets. */
function joined<Item extends { target: string }>(
  analyses: readonly Analysis[],
  of: (analysis: Analysis) => readonly Item[],
): Item[] {
  if (analyses.length === 1) return [...of(analyses[0]!)];
  return analyses.flatMap((analysis, index) =>
    of(analysis).map(item => ({
      ...item,
      target: item.target === '*' ? '*' : `${index + 1}:${item.target}`,
    })),
  );
}

function conditionsOf(analyses: readonly Analysis[]) {
  const targets = joined(analyses, analysis => analysis.targets.map(({ target }) => ({ target })));
  const exposure = analyses.reduce(
    (sum, { targets, startedAt, endedAt }) => sum + targets.length * (endedAt - startedAt),
    0,
  );
  return {
    targets: targets.map(({ target }) => target),
    intervalMs: intervalOf(analyses),
    watchedMs: exposure / Math.max(1, targets.length),
  };
}

/** The longest interval of the recordings, so that no class of blackouts looks easier than it was. */
function intervalOf(analyses: readonly Analysis[]): Millis {
  return Math.max(0.001, ...analyses.map(({ header }) => header.plan.intervalMs));
}

/** The labels that no recording covers. */
export function uncovered(analyses: readonly Analysis[], truth: readonly TruthItem[]): TruthItem[] {
  const covered = new Set(
    analyses.flatMap(analysis => {
      const names = new Set(['*', ...analysis.targets.map(({ target }) => target)]);
      return truth.filter(item => names.has(item.target) && truthOf(analysis, [item]).length > 0);
    }),
  );
  return truth.filter(item => !covered.has(item));
}
