import { isHere } from '../../core/hypervisor/links.js';
import { isFinal } from '../../core/hypervisor/qmp-job.js';
import type { DomainReport, JobReport, JobStatus } from '../../core/outcomes.js';
import type { Millis, Sample } from '../../core/sample.js';

/** Ten reports a second for three minutes, and the marks between them. */
const MAX_ENTRIES = 2048;
/** How long a migration is shown after its last report. */
const SHOWN_MS: Millis = 300_000;
/** A migration without a report for this long is not shown as moving: its connection broke. */
const MAX_SILENCE_MS: Millis = 10_000;

/** A report of a migration, or the moment at which the guest stopped or resumed. */
export interface JobEntry {
  at: Millis;
  status?: JobStatus;
  /** Memory still to send, as a share of the whole in 0…1. */
  left?: number;
  mark?: 'stop' | 'resume';
}

/** What hypervisors reported about the migrations of a target lately. Memory is bounded. */
export class JobTrace {
  latest: JobReport | undefined;
  /** The connection to the hypervisor where the target runs, as last reported. */
  host: string | undefined;
  private latestAt: Millis = -Infinity;
  private entries: JobEntry[] = [];

  /** Stores reports of hypervisors and ignores other samples. */
  put({ knownAt, outcome }: Sample): void {
    if (outcome.kind === 'domain') {
      if (outcome.link === 'up') this.locate(outcome);
      const mark = markOf(outcome.event);
      const { eventAt, offsetMs = Number.NaN } = outcome;
      const at = eventAt === undefined || Number.isNaN(offsetMs) ? knownAt : eventAt - offsetMs;
      if (mark && this.latest) this.add({ at, mark });
    } else if (outcome.kind === 'job' && !this.isOvershadowed(outcome)) {
      const { status, total, remaining } = outcome;
      const left = total && remaining !== undefined ? { left: Math.min(1, remaining / total) } : {};
      this.add({ at: knownAt, status, ...left });
      this.latest = outcome;
      this.latestAt = knownAt;
    }
  }

  /** The migration that runs; undefined if none does. */
  running(now: Millis): JobReport | undefined {
    const { latest } = this;
    return latest && !isFinal(latest.status) && now - this.latestAt < MAX_SILENCE_MS ? latest : undefined;
  }

  isShown(now: Millis): boolean {
    return now - this.latestAt < SHOWN_MS;
  }

  /** The entries since `from`, oldest first. */
  since(from: Millis): readonly JobEntry[] {
    return this.entries.filter(({ at }) => at >= from);
  }

  copy(): JobTrace {
    return Object.assign(new JobTrace(), this, { entries: [...this.entries] });
  }

  private locate({ host, status }: DomainReport): void {
    if (isHere(status)) this.host = host;
    else if (this.host === host) this.host = undefined;
  }

  /** The destination has no figures, so the source's reports are shown while they come. */
  private isOvershadowed({ direction }: JobReport): boolean {
    return direction === 'incoming' && this.latest?.direction === 'outgoing' && !isFinal(this.latest.status);
  }

  private add(entry: JobEntry): void {
    this.entries.push(entry);
    if (this.entries.length > 2 * MAX_ENTRIES) this.entries = this.entries.slice(-MAX_ENTRIES);
  }
}

function markOf(event: string | undefined): JobEntry['mark'] {
  if (event === undefined) return undefined;
  if (/^(STOP|Suspended)\b/.test(event)) return 'stop';
  return /^(RESUME|Resumed)\b/.test(event) ? 'resume' : undefined;
}
