import { utc } from '../core/format/utc.js';
import { progressOf } from '../core/hypervisor/progress.js';
import type { JobReport } from '../core/outcomes.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';

/** A line a second is enough to follow a migration; a change of its phase is written at once. */
const EVERY_MS: Millis = 1000;

/** The headless lines about migrations as hypervisors report them. */
export class JobLines {
  private readonly last = new Map<TargetId, { at: Millis; phase: string }>();

  /** The line for a sample; undefined where it says nothing new. */
  lineFor({ target, knownAt, outcome }: Sample): object | undefined {
    if (outcome.kind !== 'job') return undefined;
    const phase = `${outcome.host} ${outcome.direction} ${outcome.status}`;
    const last = this.last.get(target);
    if (last?.phase === phase && knownAt - last.at < EVERY_MS) return undefined;
    this.last.set(target, { at: knownAt, phase });
    const { kind: type, ...report } = outcome;
    return { type, at: utc(knownAt), target, ...report, ...progressFields(outcome) };
  }
}

/** How far it is: `share` in 0…1, `leftMs` to its end, and whether it converges; each where it is known. */
function progressFields(report: JobReport): object {
  const fields = Object.entries(progressOf(report) ?? {});
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
