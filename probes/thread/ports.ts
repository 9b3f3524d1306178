import type { Trial } from '../net/trial.js';
import type { FromWorker, ToWorker, WorkerPlan } from './messages.js';

/** What a running thread reports. */
export type FromThread = Exclude<FromWorker, { kind: 'ready' }>;

export interface ThreadPorts {
  received(message: FromThread): void;
  /** The thread has ended, with this cause if nobody stopped it. It reports nothing afterwards. */
  ended(cause: Error): void;
}

export interface ProbingThread {
  /** Does nothing after the thread has ended. */
  send(message: ToWorker): void;
}

/** A process that opens sockets and runs probing threads. */
export interface ProbingHost {
  /** Rejects with a SystemError when the kernel refuses such a socket. */
  trySocket(trial: Trial): Promise<void>;
  /** Rejects when the thread cannot open its sockets. */
  startThread(order: WorkerPlan, ports: ThreadPorts): Promise<ProbingThread>;
}
