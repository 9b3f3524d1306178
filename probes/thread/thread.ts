/** A probing thread of this process. */
import { closeSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FromWorker, WorkerData, WorkerPlan } from './messages.js';
import type { ProbingThread, ThreadPorts } from './ports.js';
import { closeListed, emptySocketList } from './socket-list.js';
import { watchTurns } from './watchdog.js';

/** Rejects with the thread's own error when it cannot open its sockets. */
export async function startThread(
  order: WorkerPlan,
  { received, ended }: ThreadPorts,
): Promise<ProbingThread> {
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const sockets = emptySocketList();
  const workerData: WorkerData = { ...order, turns, sockets };
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
  let cause: unknown = new Error('it ended by itself');
  worker.on('error', error => (cause = error));
  const exited = new Promise<void>(done => worker.once('exit', () => done()));

  const wake = await new Promise<number>((ready, refused) => {
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') ready(message.wake);
      else received(message);
    });
    void exited.then(() => refused(cause));
  });
  let running = true;
  const unwatch = watchTurns(turns, () => {
    cause = new Error('its thread hung');
    void worker.terminate();
  });
  void exited.then(() => {
    running = false;
    unwatch();
    closeSync(wake);
    closeListed(sockets);
    ended(cause as Error);
  });
  return {
    send: message => {
      if (!running) return;
      worker.postMessage(message);
      writeSync(wake, new Uint8Array(BigUint64Array.of(1n).buffer));
    },
  };
}
