import type { Match, Matching } from './matching.js';
import { type Answer, isRight } from './truth.js';

/** How well one cause is told apart from the others. */
export interface CauseScore {
  cause: Answer;
  /** Actions of this cause, and those whose report was right. */
  labels: number;
  found: number;
  /** Events reported as this cause, and those that were right. */
  reports: number;
  right: number;
}

/** Recall (`found` of `labels`) and precision (`right` of `reports`) of each cause that happened or was reported. */
export function causeScores({ matches, unmatched }: Matching): CauseScore[] {
  const reported = [...matches.flatMap(({ detection }) => detection ?? []), ...unmatched];
  const causes = new Set<Answer>([
    ...matches.map(({ truth }) => truth.type),
    ...reported.map(({ kind }) => kind),
  ]);
  causes.delete('unclear');
  return [...causes].map(cause => {
    const labelled = matches.filter(({ truth }) => truth.type === cause);
    return {
      cause,
      labels: labelled.length,
      found: labelled.filter(isAnswered).length,
      reports: reported.filter(({ kind }) => kind === cause).length,
      right: matches.filter(match => match.detection?.kind === cause && isAnswered(match)).length,
    };
  });
}

/** Whether the report of an action is right; none may be right too. */
function isAnswered({ truth, detection }: Match): boolean {
  return isRight(truth, detection?.kind ?? 'nothing');
}
