/** The thread that probes. It sleeps in the kernel and not in Node's event loop, and so it is woken by an eventfd. */
import { readSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { TargetId } from '../../src/core/sample.js';
import type { ClockPlan } from '../clock/plan.js';
import { loadLibc } from '../net/libc.js';
import type { Family, SocketKind } from '../net/socket.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import { type Batch, pack } from './codec.js';
import { EchoLoop } from './loop.js';

export interface WorkerPlan {
  /** The sockets to send echoes by; `none`: no echoes. */
  kind: SocketKind | 'none';
  plan: ProbePlan;
  /** Where the guests' clocks are to be read as well. */
  clocks?: ClockPlan;
  /** Whether to listen for announcements. */
  announce?: boolean;
}

export type ToWorker =
  | { kind: 'stop' }
  | { kind: 'add'; index: number; target: ProbeTarget }
  | { kind: 'remove'; index: number; target: TargetId }
  | { kind: 'readdress'; index: number; id: TargetId; address: string; family: Family };

export type FromWorker =
  | { kind: 'ready'; wake: number }
  | { kind: 'batch'; batch: Batch }
  /** Nothing more comes of what had this index: it is free. */
  | { kind: 'removed'; index: number }
  | { kind: 'notice'; text: string };

const EFD_NONBLOCK_CLOEXEC = 0o2004000;

/** The plan, and where our turns are counted. */
export type WorkerData = WorkerPlan & { turns: Int32Array };

const order = workerData as WorkerData;
const { plan } = order;
const port = parentPort!;
const tell = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const indexOf = new Map(plan.targets.map(({ id }, index) => [id, index]));
const libc = await loadLibc();
const wake = libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);
const loop = start();

function start(): EchoLoop {
  let loop: EchoLoop | undefined;
  try {
    loop = new EchoLoop(libc, order, wake, {
      flush: samples => {
        const batch = pack(samples, indexOf);
        tell({ kind: 'batch', batch }, [batch.rows.buffer]);
      },
      notice: text => tell({ kind: 'notice', text }),
    });
    loop.open();
    // From now on the main thread owns the eventfd: it may yet write to it when we are gone.
    tell({ kind: 'ready', wake });
    return loop;
  } catch (error) {
    loop?.close();
    libc.close(wake);
    throw error;
  }
}

/** Does what the main thread asked for. Whether to go on. */
function obey(): boolean {
  readSync(wake, new Uint8Array(8));
  for (let mail = receiveMessageOnPort(port); mail; mail = receiveMessageOnPort(port)) {
    const order: ToWorker = mail.message;
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
  tell({ kind: 'removed', index });
}

try {
  for (let on = true; on; Atomics.add(order.turns, 0, 1)) on = !loop.turn() || obey();
} finally {
  loop.close();
}
