import type { DetectorChoice } from '../core/detector.js';
import { freeze, SnapshotError } from '../core/snapshot.js';

/** Names of the detectors whose state can't be kept: where a recording begins, or a replay jumps, they learn anew. */
export function relearning(choices: readonly DetectorChoice[]): string[] {
  return choices.filter(hidesState).map(({ plugin }) => plugin.name);
}

function hidesState({ plugin, options }: DetectorChoice): boolean {
  const detector = plugin.create(options);
  if (Object.values(detector).some(field => typeof field === 'function')) return true;
  try {
    freeze(detector);
    return false;
  } catch (error) {
    if (error instanceof SnapshotError) return true;
    throw error;
  }
}
