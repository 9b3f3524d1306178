import type { Matching } from './matching.js';
import { isRight } from './truth.js';

/** The events of which a judge was about as sure. */
export interface ReliabilityBin {
  /** The confidences of this bin, in 0…1; the upper edge belongs to the next bin, except 1. */
  from: number;
  to: number;
  events: number;
  /** Events whose kind names the cause. */
  right: number;
  meanConfidence: number;
}

export interface Reliability {
  /** The mean of (confidence − right)², in 0…1: 0 is best, and 0.25 is what a confidence of 0.5 always gets. Reference: Brier 1950. */
  brier: number;
  bins: readonly ReliabilityBin[];
}

const EDGES = [0, 0.5, 0.7, 0.9, 0.98, 1];

/** Compares confidence with what happened. An event that matches nothing is wrong. Undefined without confidences. */
export function reliabilityOf({ matches, unmatched }: Matching): Reliability | undefined {
  const matched = matches.flatMap(({ truth, detection }) =>
    detection ? [{ confidence: detection.confidence, right: isRight(truth, detection.kind) }] : [],
  );
  const verdicts = [...matched, ...unmatched.map(({ confidence }) => ({ confidence, right: false }))].flatMap(
    ({ confidence, right }) => (confidence === undefined ? [] : [{ confidence, right: right ? 1 : 0 }]),
  );
  if (verdicts.length === 0) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const bins = EDGES.slice(1).map((to, index) => {
    const from = EDGES[index]!;
    const within = verdicts.filter(
      ({ confidence }) => confidence >= from && (confidence < to || (to === 1 && confidence === 1)),
    );
    return {
      ...{ from, to, events: within.length, right: within.filter(({ right }) => right === 1).length },
      meanConfidence: within.length > 0 ? mean(within.map(({ confidence }) => confidence)) : 0,
    };
  });
  return {
    brier: mean(verdicts.map(({ confidence, right }) => (confidence - right) ** 2)),
    bins: bins.filter(({ events }) => events > 0),
  };
}
