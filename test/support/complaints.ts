import { defaultChoices } from '../../detectors/index.js';
import { analyse } from '../../src/evaluation/analysis.js';
import type { Detection, Match } from '../../src/evaluation/matching.js';
import { scoreAll } from '../../src/evaluation/scoring.js';
import { isRight, type TruthItem } from '../../src/evaluation/truth.js';
import { readTruth } from '../../src/evaluation/truth-file.js';

/** What the judge gets wrong in the recording `path`.jsonl with `path`.truth.json, in words. */
export async function complaintsAbout(path: string): Promise<string[]> {
  const analysis = await analyse(`${path}.jsonl`, [{ name: 'migwatch', choices: defaultChoices() }]);
  const { matches, unmatched } = scoreAll([analysis], readTruth(`${path}.truth.json`)).migwatch!;
  const wrong = matches.filter(match => !isExplained(match, matches));
  const alarming = matches.filter(({ truth, detection }) => detection?.red && !mayBeRed(truth));
  return [
    ...wrong.map(({ truth, detection }) => `${truth.type} is called ${detection?.kind ?? 'nothing'}`),
    ...alarming.map(({ truth }) => `${truth.type} is red`),
    ...unmatched
      .filter(isWrong)
      .map(({ kind, red }) => `${red ? 'red ' : ''}${kind} although nothing happened`),
  ];
}

/** Nobody labels the hiccups of a busy machine. */
function isWrong({ kind, red }: Detection): boolean {
  return red || (kind !== 'unclear' && kind !== 'congestion');
}

/** One event answers for all migrations while the network was away. */
function isExplained({ truth, detection }: Match, matches: readonly Match[]): boolean {
  if (isRight(truth, detection?.kind ?? 'nothing')) return true;
  const { away } = truth;
  return (
    away !== undefined &&
    matches.some(each => each.truth.away === away && each.detection?.kind === truth.type)
  );
}

function mayBeRed({ type, also = [] }: TruthItem): boolean {
  return type === 'migration' || type === 'ghost' || also.includes('migration');
}
