import type { JobReport } from '../outcomes.js';
import { MAX_TARGETS, type Millis, type TargetId } from '../sample.js';
import type { Step } from '../step.js';

/** A migration that a hypervisor reported as completed, and of which nothing was seen. */
export interface UnseenJob {
  target: TargetId;
  at: Millis;
  report: JobReport;
}

/** How long an event may take to open after a migration that it belongs to. */
const WAIT_MS: Millis = 5000;
/** An event that began this long before the result still belongs to it: a post-copy ends late. */
const BEFORE_MS: Millis = 60_000;

const MAX_WAITING = 16;

/** Finds migrations that are reported and not seen. */
export class UnseenJobs {
  /** Of each target, oldest first. */
  private readonly waiting = new Map<TargetId, UnseenJob[]>();
  private readonly lastEventAt = new Map<TargetId, Millis>();

  /** A migration of the step's target that nothing was seen of, once that is certain. */
  take({ sample: { target, knownAt, outcome }, events }: Step): UnseenJob | undefined {
    for (const event of events) this.note(event.target, event.endedAt ?? knownAt);
    if (outcome.kind === 'job' && outcome.status === 'completed')
      this.add({ target, at: knownAt, report: outcome });
    const jobs = this.waiting.size === 0 ? undefined : this.waiting.get(target);
    if (!jobs || knownAt - jobs[0]!.at < WAIT_MS) return undefined;
    const [due] = jobs.splice(0, 1);
    if (jobs.length === 0) this.waiting.delete(target);
    return due;
  }

  /** Both ends of a migration report it; the source has the figures. */
  private add(job: UnseenJob): void {
    const { target, at, report } = job;
    const seenAt = this.lastEventAt.get(target) ?? -Infinity;
    if (seenAt >= at - Math.min(BEFORE_MS, report['total-time'] ?? 0) - WAIT_MS) return;
    const jobs = this.waiting.get(target) ?? [];
    const last = jobs.at(-1);
    if (last && last.report.host !== report.host && last.report.direction !== report.direction) {
      if (report.direction === 'outgoing') jobs[jobs.length - 1] = { ...job, at: last.at };
    } else if (jobs.length < MAX_WAITING) jobs.push(job);
    if (this.waiting.size < MAX_TARGETS) this.waiting.set(target, jobs);
  }

  private note(target: TargetId, at: Millis): void {
    this.waiting.delete(target);
    if (this.lastEventAt.size < MAX_TARGETS || this.lastEventAt.has(target)) this.lastEventAt.set(target, at);
  }
}
