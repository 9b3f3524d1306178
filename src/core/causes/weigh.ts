import type { Features } from '../judge/features.js';
import { CAUSE_IDS, CAUSES, type CauseId, type Decibans } from './causes.js';
import { CLOCK_QUESTIONS } from './clock-questions.js';
import { ECHO_QUESTIONS } from './echo-questions.js';
import { OWN_QUESTIONS } from './own-questions.js';
import type { Finding, Question } from './question.js';
import { SEGMENT_QUESTIONS } from './segment-questions.js';

/** In the order in which the answers are listed as evidence. */
export const QUESTIONS: readonly Question[] = [
  ...CLOCK_QUESTIONS,
  ...SEGMENT_QUESTIONS,
  ...OWN_QUESTIONS,
  ...ECHO_QUESTIONS,
];

/** The weights of each finding in the order of the causes. */
const ROWS: ReadonlyMap<Finding, readonly Decibans[]> = new Map(
  QUESTIONS.flatMap(({ findings }) => findings).map(finding => [
    finding,
    CAUSE_IDS.map(cause => weightOf(finding, cause)),
  ]),
);

export interface Answer {
  question: Question;
  finding: Finding;
}

/** What all answers together say. */
export interface Weighed {
  answers: readonly Answer[];
  probability: Readonly<Record<CauseId, number>>;
  /** The most probable cause. */
  best: CauseId;
}

/** The best explanation of a disturbance: the prior weights and those of all answers, added up (Bayes). */
export function weigh(found: Features): Weighed {
  const answers = answersTo(found);
  const sums: Decibans[] = CAUSE_IDS.map(cause => CAUSES[cause].prior);
  for (const { finding } of answers) {
    const row = ROWS.get(finding)!;
    for (let index = 0; index < sums.length; index++) sums[index]! += row[index]!;
  }
  const most = Math.max(...sums);
  const odds = sums.map(sum => 10 ** ((sum - most) / 10));
  const total = odds.reduce((all, each) => all + each, 0);
  const probability = {} as Record<CauseId, number>;
  CAUSE_IDS.forEach((cause, index) => {
    probability[cause] = odds[index]! / total;
  });
  return { answers, probability, best: CAUSE_IDS[sums.indexOf(most)]! };
}

function answersTo(found: Features): Answer[] {
  const answers: Answer[] = [];
  for (const question of QUESTIONS) {
    const finding = question.findings.find(each => each.holds(found));
    if (finding) answers.push({ question, finding });
  }
  return answers;
}

export function weightOf(finding: Finding, cause: CauseId): Decibans {
  return finding.weights[cause] ?? 0;
}
