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
