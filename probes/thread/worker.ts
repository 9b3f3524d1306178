/** The probing thread. It sleeps in the kernel and not in Node's event loop, so an eventfd wakes it. */
import { readSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { TargetId } from '../../src/core/sample.js';
import { loadLibc } from '../net/libc.js';
import type { ProbeTarget } from '../prober.js';
import { pack } from './codec.js';
import { ProbingLoop } from './loop.js';
import type { FromWorker, ToWorker, WorkerData } from './messages.js';
import { listingSockets } from './socket-list.js';

const EFD_NONBLOCK_CLOEXEC = 0o2004000;

const order = workerData as WorkerData;
const { plan } = order;
const port = parentPort!;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const indexOf = new Map(plan.targets.map(({ id }, index) => [id, index]));
const libc = listingSockets(await loadLibc(), order.sockets);
const wake = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);
const loop = start();

function start(): ProbingLoop {
  let loop: ProbingLoop | undefined;
  try {
    loop = new ProbingLoop(libc, order, wake, {
      flush: samples => {
        const batch = pack(samples, indexOf);
        post({ kind: 'batch', batch }, [batch.rows.buffer]);
      },
      notice: text => post({ kind: 'notice', text }),
    });
    loop.open();
    // From now on the main thread owns the eventfd: it may still write to it after this thread has ended.
    post({ kind: 'ready', wake });
    return loop;
  } catch (error) {
    loop?.close();
    libc.close(wake);
    throw error;
  }
}

/** Handles the messages of the main thread. Returns false after `stop`. */
function readMessages(): boolean {
  readSync(wake, new Uint8Array(8));
  for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
    const order: ToWorker = next.message;
    if (order.kind === 'stop') return false;
    if (order.kind === 'readdress') loop.readdress(order.index, order.id, order.address, order.family);
    else if (order.kind === 'add') add(order.index, order.target);
    else remove(order.index, order.target);
  }
  return true;
}

function add(index: number, target: ProbeTarget): void {
  indexOf.set(target.id, index);
  loop.add(index, target);
}

function remove(index: number, target: TargetId): void {
  loop.remove(index);
  indexOf.delete(target);
  post({ kind: 'removed', index });
}

try {
  for (let running = true; running; Atomics.add(order.turns, 0, 1)) running = !loop.turn() || readMessages();
} finally {
  loop.close();
}
