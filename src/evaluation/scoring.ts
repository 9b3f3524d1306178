import { basename } from 'node:path';
import type { Millis } from '../core/sample.js';
import type { Analysis } from './analysis.js';
import { threeLostInARow } from './baselines.js';
import type { Detection } from './matching.js';
import { type Score, score } from './score.js';
import { spanOf, type TruthItem } from './truth.js';
import type { TruthFile } from './truth-file.js';

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
    (sum, { targets }) => sum + targets.reduce((all, { observedMs }) => all + observedMs, 0),
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
  const covered = new Set(analyses.flatMap(analysis => truth.filter(item => isAbout(analysis, item))));
  return truth.filter(item => !covered.has(item));
}

/**
 * The recordings of which it is known what happened. A file of labels is about a recording if one of its labels is, or if
 * their names agree. A file without labels says that nothing happened: also of the only recording, whatever its name.
 */
export function labelled(analyses: readonly Analysis[], files: readonly TruthFile[]): Analysis[] {
  return analyses.filter(analysis =>
    files.some(
      ({ path, truth }) =>
        stemOf(path) === stemOf(analysis.path) ||
        (truth.length === 0 && analyses.length === 1) ||
        truth.some(item => isAbout(analysis, item)),
    ),
  );
}

function isAbout(analysis: Analysis, item: TruthItem): boolean {
  const known = item.target === '*' || analysis.targets.some(({ target }) => target === item.target);
  return known && truthOf(analysis, [item]).length > 0;
}

/** `night` of `night.jsonl` and of `night.truth.json`. */
function stemOf(path: string): string {
  return basename(path).replace(/(\.truth)?\.jsonl?$/, '');
}
