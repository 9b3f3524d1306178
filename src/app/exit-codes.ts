import type { SessionResult } from '../session/io.js';

/** Every exit code of the program. Scripts rely on them. */
export const CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  event: 3,
  /** `verify`: changed, not signed, or signed by another key than the expected one. */
  unverified: 4,
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit code of a session. Missing data outranks the ending, so that a session ended by a signal reports it too. */
export function codeOf({ ending, failed, incomplete }: SessionResult): number {
  if (incomplete) return CODES.failed;
  return ending === 'done' && failed ? CODES.event : CODES[ending];
}
