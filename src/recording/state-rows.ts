import type { Pipeline } from '../core/pipeline.js';
import type { Row, RowData } from './format.js';

/** Of the rows as a whole. Those of another version are passed over. */
export const STATE_VERSION = 1;
/** In characters: what an older release wrote of a session without a target, and no more than that. */
const LEARNED_NOTHING = 512;

/**
 * What detectors and judge know: a row for the session, and one for each target. Plain JSON, so that reading it costs no
 * more than its bytes.
 */
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

/** Whether a row as older releases wrote it, which is not read any more, holds the state of any target. */
export function learnedBefore({ parts, deflate }: RowData['learned']): boolean {
  return parts > 1 || deflate.length > LEARNED_NOTHING;
}
