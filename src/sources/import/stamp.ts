import type { Millis } from '../../core/sample.js';
import { isMoment } from '../../core/validation/shape.js';

/** What a probe takes at the longest, in a log that makes sense. */
const MAX_PROBE: Millis = 1e9;

/** The reason under which a line is skipped whose stamp is not one. */
export const BAD_STAMP = 'a time stamp before 1970 or after 2255, which no recording holds';

/** Whether a recording holds the moment, and those at which a probe of then was sent or given up. */
export function isStamp(stampMs: Millis): boolean {
  return stampMs >= 0 && isMoment(stampMs + MAX_PROBE);
}
