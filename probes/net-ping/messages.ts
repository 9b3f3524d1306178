import type { Sample, TargetId } from '../../src/core/sample.js';
import type { ProbePlan, ProbeTarget } from '../prober.js';

/** What the parent requests of the child that runs net-ping. */
export type Request =
  | { type: 'check'; family: 4 | 6 }
  | { type: 'open'; plan: ProbePlan }
  | { type: 'add'; target: ProbeTarget }
  | { type: 'remove'; target: TargetId }
  | { type: 'readdress'; target: TargetId; address: string; family: 4 | 6 };

/** What the child reports: `done` answers a check or an opening, and `error` has the reason of a refusal. */
export type Answer =
  | { type: 'done' }
  | { type: 'error'; message: string }
  | { type: 'samples'; samples: readonly Sample[] };
