import { JOB_STATUSES, type JobReport } from '../outcomes.js';
import type { Millis } from '../sample.js';
import { list, moment, object, oneOf, text } from '../validation/saved-state.js';
import { FIGURE_CODECS, type MigrationFigures, reportedFigures } from './figures.js';
import { isFinal } from './qmp-job.js';

/** A migration as one connection reported it. */
export interface Job extends MigrationFigures {
  host: string;
  direction: JobReport['direction'];
  status: JobReport['status'];
  from: Millis;
  /** The latest report. */
  to: Millis;
}

/** A job without a report for this long ended without a result: the next report is of another one. */
const MAX_SILENCE_MS: Millis = 30_000;

/**
 * Jobs of a target that are kept. Events are reviewed for a minute, so their jobs must last as long: a migration a second, which
 * QMP and libvirt report at both ends.
 */
const MAX_JOBS = 240;

export const JOBS = list(
  object<Job>({
    host: text,
    direction: oneOf('outgoing', 'incoming'),
    status: oneOf(...JOB_STATUSES),
    from: moment,
    to: moment,
    ...FIGURE_CODECS,
  }),
  MAX_JOBS,
);

/** Applies a report to the jobs, oldest first: it continues the job of its connection that is not over, or begins one. */
export function takeJob(
  jobs: Job[],
  report: JobReport,
  { at, knownAt }: { at: Millis; knownAt: Millis },
): void {
  const index = jobs.findLastIndex(({ host }) => host === report.host);
  const last = jobs[index];
  const own = {
    ...{ host: report.host, direction: report.direction, status: report.status, to: knownAt },
    ...reportedFigures(report),
  };
  if (last && !isFinal(last.status) && knownAt - last.to < MAX_SILENCE_MS) jobs[index] = { ...last, ...own };
  else jobs.push({ from: at - (own.totalMs ?? 0), ...own });
  if (jobs.length > MAX_JOBS) jobs.shift();
}
