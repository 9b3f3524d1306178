import { defaultChoices } from '../../detectors/index.js';
import { loadDetectors } from '../plan/load-detectors.js';
import type { DetectorSet } from './analysis.js';

/** One set for each detector in `texts`, without repetition. Rejects with an Error that says what is wrong. */
export function namedSets(texts: readonly string[]): Promise<DetectorSet[]> {
  const unique = [...new Set(texts)];
  return Promise.all(unique.map(async name => ({ name, choices: await loadDetectors([name]) })));
}

/** The detectors that judge unless the user chooses others. */
export function defaultSet(): DetectorSet {
  return { name: 'defaults', choices: defaultChoices() };
}
