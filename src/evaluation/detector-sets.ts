import { defaultChoices } from '../../detectors/index.js';
import { loadDetectors } from '../plan/load-detectors.js';
import type { DetectorSet } from './analysis.js';

/** One set for each detector in `texts`, and the defaults as the last set. Rejects with an Error that says what is wrong. */
export async function loadDetectorSets(texts: readonly string[]): Promise<DetectorSet[]> {
  const unique = [...new Set(texts)];
  const named = await Promise.all(unique.map(async name => ({ name, choices: await loadDetectors([name]) })));
  return [...named, { name: 'defaults', choices: defaultChoices() }];
}
