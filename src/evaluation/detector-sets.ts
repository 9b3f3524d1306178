import { defaultChoices } from '../../detectors/index.js';
import { loadDetectors } from '../plan/load-detectors.js';
import type { DetectorSet } from './analysis.js';

/** Each detector that was named alone, and last the defaults together. Rejects with what is wrong with one. */
export async function loadDetectorSets(texts: readonly string[]): Promise<DetectorSet[]> {
  const unique = [...new Set(texts)];
  const named = await Promise.all(unique.map(async name => ({ name, choices: await loadDetectors([name]) })));
  return [...named, { name: 'defaults', choices: defaultChoices() }];
}
