import { changepoint, levelTrack } from '../../detectors/changepoint.js';
import { defaultChoices } from '../../detectors/index.js';
import type { DetectorChoice } from '../core/detector.js';
import type { LevelTrack } from '../core/statistics/level-track.js';
import { loadDetectors } from '../plan/load-detectors.js';

/** Detectors that judge a recording together. */
export interface DetectorSet {
  name: string;
  choices: readonly DetectorChoice[];
  /** Says which detectors these are, and what another choice would be. */
  line?: string;
}

/** One set for each detector in `texts`, without repetition. Rejects with an Error that says what is wrong. */
export function namedSets(texts: readonly string[]): Promise<DetectorSet[]> {
  const unique = [...new Set(texts)];
  return Promise.all(unique.map(async name => ({ name, choices: await loadDetectors([name]) })));
}

/** The detectors that judge unless the user chooses others. */
export function defaultSet(): DetectorSet {
  return { name: 'defaults', choices: defaultChoices() };
}

/** Makes the tracks that list changes of level: with the options of the `changepoint` among the sets, or its defaults. */
export function trackMaker(detectorSets: readonly DetectorSet[]): () => LevelTrack {
  const chosen = detectorSets
    .flatMap(({ choices }) => choices)
    .find(({ plugin }) => plugin.name === changepoint.name);
  return () => levelTrack(chosen?.options);
}
