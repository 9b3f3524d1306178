import type { Millis } from '../../core/sample.js';
import { isMoment } from '../../core/validation/shape.js';

/** No plausible probe takes longer. */
const MAX_PROBE_MS: Millis = 1e9;

/** The reason for skipping a line with an impossible stamp. */
export const BAD_STAMP = 'a time stamp before 1970 or after 2255';

/** Whether a recording can hold this time, and the times at which a probe of that time was sent or lost. */
export function isStamp(stampMs: Millis): boolean {
  return stampMs >= 0 && isMoment(stampMs + MAX_PROBE_MS);
}
