import type { JobReport, JobStatus } from '../outcomes.js';
import { isDuration } from '../validation/shape.js';
import type { JobFigures } from './qmp-job.js';

/** What libvirt reports about a job. */
export interface LibvirtJob {
  /** Absent if the operation is not a migration, or not named. */
  direction?: JobReport['direction'];
  figures: JobFigures;
}

type Figure = Exclude<keyof JobFigures, 'status' | 'error-desc'>;

/** For each figure: libvirt's own name, virsh's label, and the factor from libvirt's unit to ours. */
const FIGURES: readonly (readonly [figure: Figure, raw: string, label: string, factor?: number])[] = [
  ['total-time', 'time_elapsed', 'Time elapsed'],
  ['setup-time', 'setup_time', 'Setup time'],
  ['downtime', 'downtime', 'Total downtime'],
  ['expected-downtime', '', 'Expected downtime'],
  ['downtime_net', 'downtime_net', 'Downtime w/o network'],
  ['transferred', 'memory_processed', 'Memory processed'],
  ['remaining', 'memory_remaining', 'Memory remaining'],
  ['total', 'memory_total', 'Memory total'],
  ['mbps', 'memory_bps', 'Memory bandwidth', 8e-6],
  ['dirty-pages-rate', 'memory_dirty_rate', 'Dirty rate'],
  ['page-size', 'memory_page_size', 'Page size'],
  ['dirty-sync-count', 'memory_iteration', 'Iteration'],
  ['cpu-throttle-percentage', 'auto_converge_throttle', 'Auto converge throttle'],
  ['postcopy-requests', 'memory_postcopy_requests', 'Postcopy requests'],
];
const FIGURE_OF: ReadonlyMap<string, { figure: Figure; factor: number }> = new Map(
  FIGURES.flatMap(([figure, raw, label, factor = 1]) =>
    [raw, label].map(name => [name, { figure, factor }] as const),
  ),
);
const FRACTIONAL: readonly Figure[] = ['mbps', 'dirty-pages-rate', 'cpu-throttle-percentage'];

/** Virsh's units of sizes, rates and times, and those of 1000 that others write. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, PiB: 2 ** 50, EiB: 2 ** 60 },
  ...{ KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ ns: 1e-6, us: 1e-3, ms: 1, s: 1000, min: 60_000 },
  ...{ 'pages/s': 1, bytes: 1, '%': 1 },
};

/** virDomainJobType by number and as virsh writes it. */
const STATUS: ReadonlyMap<string, JobStatus> = new Map([
  ...(['1', '2', 'Bounded', 'Unbounded'] as const).map(type => [type, 'active'] as const),
  ...([
    ['3', 'completed'],
    ['Completed', 'completed'],
    ['4', 'failed'],
    ['Failed', 'failed'],
  ] as const),
  ...([
    ['5', 'cancelled'],
    ['Cancelled', 'cancelled'],
  ] as const),
]);
/** virDomainJobOperation in the same two ways. */
const DIRECTION: ReadonlyMap<string, JobReport['direction']> = new Map([
  ...([
    ['4', 'incoming'],
    ['Incoming migration', 'incoming'],
  ] as const),
  ...([
    ['5', 'outgoing'],
    ['Outgoing migration', 'outgoing'],
  ] as const),
]);
const MAX_ERROR = 200;

/**
 * Reads `virsh domjobinfo`, with or without `--rawstats`, and the lines of the event `job-completed`. Undefined if there is
 * no job. Wrong lines are left out.
 */
export function libvirtJob(lines: readonly string[]): LibvirtJob | undefined {
  const fields = new Map(lines.map(fieldOf).filter(field => field !== undefined));
  const status = statusOf(fields);
  if (!status) return undefined;
  const direction = DIRECTION.get(fields.get('operation') ?? fields.get('Operation') ?? '');
  const figures = [...fields].map(([name, text]) => figureOf(name, text, status));
  const error = fields.get('errmsg') ?? fields.get('Error message');
  return {
    ...(direction && { direction }),
    figures: {
      status,
      ...Object.fromEntries(figures.filter(figure => figure !== undefined)),
      ...(error !== undefined && { 'error-desc': error.slice(0, MAX_ERROR) }),
    },
  };
}

/** The event `job-completed` has no type, but whether it was a success; where that is missing, it was one. */
function statusOf(fields: ReadonlyMap<string, string>): JobStatus | undefined {
  const type = fields.get('Job type');
  if (type !== undefined) return STATUS.get(type);
  if (!fields.has('operation')) return undefined;
  return fields.get('success') === '0' || fields.has('errmsg') ? 'failed' : 'completed';
}

function fieldOf(line: string): [string, string] | undefined {
  const [, name, value] = /^\s*([\w /]{1,40}):\s*(.*?)\s*$/.exec(line) ?? [];
  return name === undefined ? undefined : [name, value!];
}

function figureOf(name: string, text: string, status: JobStatus): [Figure, number] | undefined {
  const known = name === '' ? undefined : FIGURE_OF.get(name);
  const [, digits, unit] = /^(\d+(?:[.,]\d+)?)(?:\s*([a-z%][\w/]*?)(?:\/s)?)?$/i.exec(text) ?? [];
  if (!known || digits === undefined) return undefined;
  const scale = unit === undefined ? 1 : (unitOf(unit) ?? unitOf(`${unit}/s`));
  const value = Number(digits.replace(',', '.')) * (scale ?? Number.NaN) * known.factor;
  if (!isDuration(value)) return undefined;
  // While the job runs, libvirt's `downtime` is the expected one.
  const figure = known.figure === 'downtime' && status === 'active' ? 'expected-downtime' : known.figure;
  return [figure, FRACTIONAL.includes(figure) ? value : Math.round(value)];
}

function unitOf(name: string): number | undefined {
  return Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
}
