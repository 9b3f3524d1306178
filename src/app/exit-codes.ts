import type { SessionResult } from '../session/io.js';

/** Every exit code of the program: a promise to scripts. */
export const CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  event: 3,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit code of a session. That data is missing outranks how it ended: whoever ends it by a signal has to know too. */
export function codeOf({ ending, failed, incomplete }: SessionResult): number {
  if (incomplete) return CODES.failed;
  return ending === 'done' && failed ? CODES.event : CODES[ending];
}
