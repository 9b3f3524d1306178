import { utc } from '../core/format/utc.js';
import { progressOf } from '../core/hypervisor/progress.js';
import { UnseenJobs } from '../core/hypervisor/unseen.js';
import type { JobReport } from '../core/outcomes.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import type { Step } from '../core/step.js';

/** A line a second is enough to follow a migration; a change of its phase is written at once. */
const EVERY_MS: Millis = 1000;

/** The headless lines about migrations as hypervisors report them. */
export class JobLines {
  private readonly last = new Map<TargetId, { at: Millis; phase: string }>();
  private readonly unseen = new UnseenJobs();

  /** The lines for a step: the report, where it says something new, and a migration that nothing was seen of. */
  linesFor(step: Step): object[] {
    const { target, knownAt, outcome } = step.sample;
    const unseen = this.unseen.take(step);
    return [
      ...(outcome.kind === 'job' && this.isNews(step.sample, outcome)
        ? [jobLine(target, knownAt, outcome)]
        : []),
      ...(unseen ? [{ ...jobLine(target, unseen.at, unseen.report), seen: false }] : []),
    ];
  }

  private isNews({ target, knownAt }: Sample, { host, direction, status }: JobReport): boolean {
    const phase = `${host} ${direction} ${status}`;
    const last = this.last.get(target);
    if (last?.phase === phase && knownAt - last.at < EVERY_MS) return false;
    this.last.set(target, { at: knownAt, phase });
    return true;
  }
}

function jobLine(target: TargetId, at: Millis, report: JobReport): object {
  const fields: JobReport & { kind?: string } = { ...report };
  delete fields.kind;
  return { type: 'job', at: utc(at), target, ...fields, ...progressFields(report) };
}

/** How far it is: `share` in 0…1, `leftMs` to its end, and whether it converges; each where it is known. */
function progressFields(report: JobReport): object {
  const fields = Object.entries(progressOf(report) ?? {});
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
