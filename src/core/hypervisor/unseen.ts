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

/** Finds migrations that are reported and not seen. */
export class UnseenJobs {
  private readonly waiting = new Map<TargetId, UnseenJob>();
  private readonly lastEventAt = new Map<TargetId, Millis>();

  /** The migration of the step's target that nothing was seen of, once that is certain. */
  take({ sample: { target, knownAt, outcome }, events }: Step): UnseenJob | undefined {
    for (const event of events) this.note(event.target, event.endedAt ?? knownAt);
    if (outcome.kind === 'job' && outcome.status === 'completed' && this.waiting.size < MAX_TARGETS) {
      const seenAt = this.lastEventAt.get(target) ?? -Infinity;
      const began = knownAt - Math.min(BEFORE_MS, outcome['total-time'] ?? 0) - WAIT_MS;
      // The source has the figures; the destination may report the end later.
      const hasFigures = this.waiting.get(target)?.report.direction === 'outgoing';
      if (seenAt < began && !hasFigures) this.waiting.set(target, { target, at: knownAt, report: outcome });
    }
    if (this.waiting.size === 0) return undefined;
    const job = this.waiting.get(target);
    if (!job || knownAt - job.at < WAIT_MS) return undefined;
    this.waiting.delete(target);
    return job;
  }

  private note(target: TargetId, at: Millis): void {
    this.waiting.delete(target);
    if (this.lastEventAt.size < MAX_TARGETS || this.lastEventAt.has(target)) this.lastEventAt.set(target, at);
  }
}
