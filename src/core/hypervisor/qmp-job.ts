import { JOB_STATUSES, type JobReport, type JobStatus } from '../outcomes.js';
import { isCount, isDuration, isRecord } from '../validation/shape.js';

/** The figures of `query-migrate` that are in the answer itself, and those in its `ram`. */
const OWN = ['total-time', 'setup-time', 'downtime', 'expected-downtime', 'cpu-throttle-percentage'] as const;
const RAM = [
  ...(['transferred', 'remaining', 'total', 'dirty-sync-count', 'page-size', 'postcopy-requests'] as const),
  ...(['mbps', 'dirty-pages-rate'] as const),
] as const;
const RATES: readonly string[] = ['mbps', 'dirty-pages-rate', 'cpu-throttle-percentage'];
const MAX_ERROR = 200;

export type JobFigures = Omit<JobReport, 'host' | 'direction' | 'transport'>;

/** The job in an answer of QMP's `query-migrate`; undefined if there is none. Wrong fields are left out. */
export function qmpJob(value: unknown): JobFigures | undefined {
  if (!isRecord(value)) return undefined;
  const answer = value as Record<string, unknown>;
  const { status } = answer;
  if (!JOB_STATUSES.includes(status as JobStatus)) return undefined;
  const ram = (isRecord(answer.ram) ? answer.ram : {}) as Record<string, unknown>;
  const error = answer['error-desc'];
  return {
    status: status as JobStatus,
    ...figuresOf(answer, OWN),
    ...figuresOf(ram, RAM),
    ...(typeof error === 'string' && { 'error-desc': error.slice(0, MAX_ERROR) }),
  };
}

function figuresOf(from: Record<string, unknown>, names: readonly string[]): Partial<JobFigures> {
  const fits = (name: string) =>
    Object.hasOwn(from, name) && (RATES.includes(name) ? isDuration : isCount)(from[name]);
  return Object.fromEntries(names.filter(fits).map(name => [name, from[name]]));
}

const FINAL: readonly JobStatus[] = ['completed', 'failed', 'cancelled'];

/** Whether a job in this phase is over. */
export function isFinal(status: JobStatus): boolean {
  return FINAL.includes(status);
}
