import { getRandomValues } from 'node:crypto';

/** The kernel is asked for this many numbers at once: asking for each was a tenth of the probing thread's time. */
const pool = new Uint32Array(1024);
let used = pool.length;

/** Returns 32 unpredictable bits, for what a forger must not guess. */
export function random32(): number {
  if (used === pool.length) {
    getRandomValues(pool);
    used = 0;
  }
  const value = pool[used]!;
  // A number that was handed out is not kept.
  pool[used++] = 0;
  return value;
}
