import type { Millis } from '../core/sample.js';
import type { Analysis } from './analysis.js';
import { threeLostInARow } from './baselines.js';
import { type Detection, type Score, score } from './score.js';
import { spanOf, type TruthItem } from './truth.js';

/** The dumb baseline, beside which every detector is shown. */
export const BASELINE = 'three lost in a row';

export type Scores = Readonly<Record<string, Score>>;

/** What happened while the recording was made; a label for every target once for each of them. */
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

/** Each jury's score and the baseline's, over all recordings together. */
export function scoreAll(analyses: readonly Analysis[], truth: readonly TruthItem[]): Scores {
  const names = analyses[0]!.judgements.map(({ name }) => name);
  const told = (name: string) =>
    joined(analyses, analysis => analysis.judgements.find(each => each.name === name)!.detections);
  const labels = joined(analyses, analysis => truthOf(analysis, truth));
  const conditions = conditionsOf(analyses);
  const lost = joined(analyses, ({ nearLosses }) => threeLostInARow(nearLosses));
  const all: [string, readonly Detection[]][] = [
    ...names.map((name): [string, Detection[]] => [name, told(name)]),
    [BASELINE, lost],
  ];
  return Object.fromEntries(all.map(([name, detections]) => [name, score(labels, detections, conditions)]));
}

/** Targets of two recordings are two, although they have one name. */
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

/** Of several recordings the longest, so that no class of blackout looks easier than it was. */
function intervalOf(analyses: readonly Analysis[]): Millis {
  return Math.max(0.001, ...analyses.map(({ header }) => header.plan.intervalMs));
}

/** Labels that no recording covers. */
export function uncovered(analyses: readonly Analysis[], truth: readonly TruthItem[]): TruthItem[] {
  const covered = new Set(
    analyses.flatMap(analysis => {
      const names = new Set(['*', ...analysis.targets.map(({ target }) => target)]);
      return truth.filter(item => names.has(item.target) && truthOf(analysis, [item]).length > 0);
    }),
  );
  return truth.filter(item => !covered.has(item));
}
