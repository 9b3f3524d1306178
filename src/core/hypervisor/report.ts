import { JOB_STATUSES, type JobReport } from '../outcomes.js';
import type { Millis } from '../sample.js';
import { anyNumber, type Codec, moment, object, oneOf, optional, text } from '../validation/saved-state.js';
import { isDuration, isMoment, isOneOf, isOptional, isShaped, isText } from '../validation/shape.js';
import { FIGURE_CHECKS, FIGURE_CODECS, type MigrationFigures } from './figures.js';

/**
 * `reported`: a migration was reported at the time of the event; `unreported`: the connection to the domain's hypervisor was
 * up throughout and reported none; `unconnected`: it was not up throughout, so its silence means nothing.
 */
export type ReportState = 'reported' | 'unreported' | 'unconnected';

/** What hypervisors reported about an event. */
export interface HypervisorReport extends MigrationFigures {
  state: ReportState;
  /** The connection that reported it, or that was up and did not. */
  host: string;
  /** What it reported instead of a migration, such as `paused`. */
  instead?: string;
  status?: JobReport['status'];
  /** When the guest stopped and resumed, on our time line, and how far off that may be. */
  stopAt?: Millis;
  stopErrorMs?: Millis;
  resumeAt?: Millis;
  resumeErrorMs?: Millis;
}

const STATES = ['reported', 'unreported', 'unconnected'] as const;

export const REPORT: Codec<HypervisorReport> = object<HypervisorReport>({
  state: oneOf(...STATES),
  host: text,
  instead: optional(text),
  status: optional(oneOf(...JOB_STATUSES)),
  ...FIGURE_CODECS,
  stopAt: optional(moment),
  stopErrorMs: optional(anyNumber),
  resumeAt: optional(moment),
  resumeErrorMs: optional(anyNumber),
});

/** Whether a value is a report, for readers of recordings. */
export const isReport = isShaped({
  state: isOneOf(...STATES),
  host: isText,
  instead: isOptional(isText),
  status: isOptional(isOneOf(...JOB_STATUSES)),
  ...FIGURE_CHECKS,
  stopAt: isOptional(isMoment),
  stopErrorMs: isOptional(isDuration),
  resumeAt: isOptional(isMoment),
  resumeErrorMs: isOptional(isDuration),
});
