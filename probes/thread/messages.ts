/** What the main thread and a probing thread send each other. */
import type { TargetId } from '../../src/core/sample.js';
import type { ClockPlan } from '../clock/plan.js';
import type { Family, SocketKind } from '../net/socket.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';
import type { Batch } from './codec.js';

export interface WorkerPlan {
  /** The sockets to send echoes by; `none`: no echoes. */
  kind: SocketKind | 'none';
  plan: ProbePlan;
  /** How to read the guests' clocks, if they are read. */
  clocks?: ClockPlan;
  /** Whether to receive announcements. */
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
  /** No more samples come from the target that had this index: it is free. */
  | { kind: 'removed'; index: number }
  | { kind: 'notice'; text: string };

/** The plan, with memory that both threads share: the count of the loop's turns, and the list of open sockets. */
export type WorkerData = WorkerPlan & { turns: Int32Array; sockets: Int32Array };
