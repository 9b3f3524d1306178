/**
 * Loaded into a migwatch before it starts: its first probing thread fails 3 s after it began, as WORKER_FAULT says:
 * `throw` an error, or `hang` for ever.
 */
import { isMainThread, threadId } from 'node:worker_threads';

const fault = process.env.WORKER_FAULT;

if (!isMainThread && threadId === 1) {
  const { bigint } = process.hrtime;
  const begun = bigint();
  process.hrtime.bigint = () => {
    const time = bigint.call(process.hrtime);
    if (time - begun < 3_000_000_000n) return time;
    if (fault === 'throw') throw new Error('a fault of the thread');
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
