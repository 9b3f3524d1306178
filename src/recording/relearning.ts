import { type DetectorChoice, savesState } from '../core/detector.js';

/** Names of the detectors that do not save their state: where a recording begins, or a replay jumps, they learn anew. */
export function relearning(choices: readonly DetectorChoice[]): string[] {
  return choices
    .filter(({ plugin, options }) => !savesState(plugin.create(options)))
    .map(({ plugin }) => plugin.name);
}
