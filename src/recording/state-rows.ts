import { type DetectorChoice, savesState } from '../core/detector.js';
import type { Pipeline } from '../core/pipeline.js';
import type { Row, RowData } from './rows.js';

/** The version of the rows. A reader skips rows of another version. */
export const STATE_VERSION = 1;
/** An older release wrote at most this many characters for a session without targets. */
const MAX_EMPTY_STATE = 512;

/** The state of detectors and judge: a row for the session, then one for each target. Plain JSON, so that it reads fast. */
export function stateRows(pipeline: Pipeline): Row[] {
  const version = STATE_VERSION;
  return [
    { type: 'state', data: { version, saved: pipeline.save() } },
    ...pipeline.targets.map((target): Row => {
      const saved = pipeline.saveTarget(target);
      return { type: 'state', data: { version, target, saved } };
    }),
  ];
}

/** Whether a state row of an older release, which is no longer read, holds the state of a target. */
export function learnedBefore({ parts, deflate }: RowData['learned']): boolean {
  return parts > 1 || deflate.length > MAX_EMPTY_STATE;
}

/** Names of the detectors that save no state: they start to learn again where a recording begins or a replay jumps to. */
export function relearning(choices: readonly DetectorChoice[]): string[] {
  return choices
    .filter(({ plugin, options }) => !savesState(plugin.create(options)))
    .map(({ plugin }) => plugin.name);
}
