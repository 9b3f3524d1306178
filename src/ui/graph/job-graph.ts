import { type Progress, progressOf } from '../../core/hypervisor/progress.js';
import { isFinal } from '../../core/hypervisor/qmp-job.js';
import type { JobReport, JobStatus } from '../../core/outcomes.js';
import type { Millis } from '../../core/sample.js';
import type { JobEntry, JobTrace } from '../history/job-trace.js';

/** A migration as the hypervisor reports it, over the window of the RTT graph. */
export interface JobView {
  report: JobReport;
  progress: Progress | undefined;
  /** The phase in each character column; undefined where no migration runs. */
  phases: readonly (JobStatus | undefined)[];
  /** Where the guest stopped and resumed, by character column. */
  marks: readonly (JobEntry['mark'] | undefined)[];
  /** The share of the memory that is left to send, in each dot column; NaN where it is unknown. */
  left: Float64Array;
}

/** Undefined without a migration of late. */
export function jobOf(
  trace: JobTrace | undefined,
  { from, to, cells }: { from: Millis; to: Millis; cells: number },
  across: number,
): JobView | undefined {
  if (!trace?.latest) return undefined;
  const left = new Float64Array(cells * across).fill(Number.NaN);
  const phases = new Array<JobStatus | undefined>(cells).fill(undefined);
  const marks = new Array<JobEntry['mark'] | undefined>(cells).fill(undefined);
  const dotOf = (at: Millis) => Math.floor(((at - from) / (to - from)) * cells * across);
  let running: JobEntry | undefined;
  for (const entry of trace.since(from)) {
    const dot = Math.min(cells * across - 1, Math.max(0, dotOf(entry.at)));
    const cell = Math.floor(dot / across);
    if (entry.mark) marks[cell] = entry.mark;
    if (!entry.status) continue;
    const first = running ? Math.max(0, dotOf(running.at)) : dot;
    for (let x = first; x <= dot; x++) {
      if (running?.left !== undefined) left[x] = running.left;
      if (running?.status) phases[Math.floor(x / across)] = running.status;
    }
    phases[cell] = entry.status;
    if (entry.left !== undefined && !isFinal(entry.status)) left[dot] = entry.left;
    running = isFinal(entry.status) ? undefined : entry;
  }
  return { report: trace.latest, progress: progressOf(trace.latest), phases, marks, left };
}
