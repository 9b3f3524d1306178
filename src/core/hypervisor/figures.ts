import { type JobReport, TRANSPORTS } from '../outcomes.js';
import type { Millis } from '../sample.js';
import { anyNumber, oneOf, optional } from '../validation/saved-state.js';
import { isDuration, isNumber, isOneOf, isOptional } from '../validation/shape.js';

/** The figures of a migration as a hypervisor reports them. Names and units are those of the outcome `job`. */
export interface MigrationFigures {
  totalMs?: Millis;
  setupMs?: Millis;
  downtimeMs?: Millis;
  transferred?: number;
  iterations?: number;
  transport?: NonNullable<JobReport['transport']>;
}

const NAMES: Readonly<Record<keyof MigrationFigures, keyof JobReport>> = {
  totalMs: 'total-time',
  setupMs: 'setup-time',
  downtimeMs: 'downtime',
  transferred: 'transferred',
  iterations: 'dirty-sync-count',
  transport: 'transport',
};

/** How they are saved with the state of a session. */
export const FIGURE_CODECS = {
  totalMs: optional(anyNumber),
  setupMs: optional(anyNumber),
  downtimeMs: optional(anyNumber),
  transferred: optional(anyNumber),
  iterations: optional(anyNumber),
  transport: optional(oneOf(...TRANSPORTS)),
};

/** How a reader of recordings checks them. */
export const FIGURE_CHECKS = {
  totalMs: isOptional(isDuration),
  setupMs: isOptional(isDuration),
  downtimeMs: isOptional(isDuration),
  transferred: isOptional(isNumber),
  iterations: isOptional(isNumber),
  transport: isOptional(isOneOf(...TRANSPORTS)),
};

/** The figures in a report. */
export function reportedFigures(report: JobReport): MigrationFigures {
  return present(name => report[NAMES[name]]);
}

/** The figures of something that has more than these. */
export function figuresOf(from: MigrationFigures): MigrationFigures {
  return present(name => from[name]);
}

/** Figures that are unknown are left out. */
function present(read: (name: keyof MigrationFigures) => unknown): MigrationFigures {
  const names = Object.keys(NAMES) as (keyof MigrationFigures)[];
  const pairs = names.map(name => [name, read(name)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
