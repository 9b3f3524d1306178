/**
 * Loaded into a migwatch before it starts: its first probing thread fails once the file WORKER_FAULT_AT exists, as
 * WORKER_FAULT says: `throw` an error, or `hang` for ever.
 */
import { existsSync } from 'node:fs';
import { isMainThread, threadId } from 'node:worker_threads';

const { WORKER_FAULT: fault, WORKER_FAULT_AT: signal = '' } = process.env;

if (!isMainThread && threadId === 1) {
  const { bigint } = process.hrtime;
  process.hrtime.bigint = () => {
    if (!existsSync(signal)) return bigint.call(process.hrtime);
    if (fault === 'throw') throw new Error('a fault of the thread');
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
