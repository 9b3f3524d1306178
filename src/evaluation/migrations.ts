import type { MigrationEvent } from '../core/event.js';
import type { UnseenJob } from '../core/hypervisor/unseen.js';
import type { Millis, TargetId } from '../core/sample.js';
import { mannWhitney, type RankTest } from '../core/statistics/mann-whitney.js';
import type { Analysis } from './analysis.js';

/** One migration, as it was seen and as it was reported. */
export interface MigrationRow {
  recording: string;
  target: TargetId;
  at: Millis;
  /** Whether the hypervisor reported it; `unknown`: no connection would have. */
  reported: 'yes' | 'no' | 'unknown';
  seen: boolean;
  /** Figures of `MIGRATION_FIGURES`, where they are known. */
  figures: Readonly<Partial<Record<MigrationFigure, number>>>;
  transport: 'clear' | 'tls' | 'unknown';
}

/** The figures of a migration: what each is, and whether the hypervisor reports it or it is seen from outside. */
export const MIGRATION_FIGURES = {
  downtime: { unit: 'ms', help: 'reported: the guest was stopped' },
  freeze: { unit: 'ms', help: 'seen: the guest stood still, by its clock' },
  unreachable: { unit: 'ms', help: 'seen: from the last answer before the gap to the first after it' },
  total: { unit: 'ms', help: 'reported: the whole migration' },
  data: { unit: 'bytes', help: 'reported: memory transferred' },
  iterations: { unit: '', help: 'reported: how often dirty memory was collected' },
} as const satisfies Record<string, { unit: 'ms' | 'bytes' | ''; help: string }>;
export type MigrationFigure = keyof typeof MIGRATION_FIGURES;
export const FIGURE_NAMES = Object.keys(MIGRATION_FIGURES) as readonly MigrationFigure[];

/** A set of migrations with one property in common. */
export interface MigrationGroup {
  name: string;
  rows: readonly MigrationRow[];
}

/** The migrations of a recording, by its last set of detectors, and those that were reported and not seen. */
export function migrationsOf({
  path,
  judgements,
  unseen = [],
}: Pick<Analysis, 'path' | 'judgements' | 'unseen'>): MigrationRow[] {
  const events = judgements.at(-1)?.events ?? [];
  const seen = events
    .filter(({ kind, reported }) => kind === 'migration' || reported?.state === 'reported')
    .map(event => seenRow(path, event));
  return [...seen, ...unseen.map(job => unseenRow(path, job))].sort((a, b) => a.at - b.at);
}

function seenRow(recording: string, event: MigrationEvent): MigrationRow {
  const { target, startedAt: at, freezeMs, stuntimeMs, reported } = event;
  const states = { reported: 'yes', unreported: 'no', unconnected: 'unknown' } as const;
  return {
    ...{ recording, target, at, seen: true },
    reported: reported ? states[reported.state] : 'unknown',
    figures: known({
      downtime: reported?.downtimeMs,
      freeze: freezeMs,
      unreachable: stuntimeMs,
      total: reported?.totalMs,
      data: reported?.transferred,
      iterations: reported?.iterations,
    }),
    transport: reported?.transport ?? 'unknown',
  };
}

function unseenRow(recording: string, { target, at, report }: UnseenJob): MigrationRow {
  return {
    ...{ recording, target, at, seen: false, reported: 'yes' },
    figures: known({
      downtime: report.downtime,
      total: report['total-time'],
      data: report.transferred,
      iterations: report['dirty-sync-count'],
    }),
    transport: report.transport ?? 'unknown',
  };
}

function known(figures: Partial<Record<MigrationFigure, number | undefined>>): MigrationRow['figures'] {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** What `--by` takes, and the group that a migration is in. */
export const GROUPINGS: Readonly<Record<string, (row: MigrationRow) => string>> = {
  transport: ({ transport }) => transport,
  recording: ({ recording }) => recording,
  target: ({ target }) => target,
};

/** The groups in the order in which they first occur. */
export function groupsBy(
  rows: readonly MigrationRow[],
  grouping: (row: MigrationRow) => string,
): MigrationGroup[] {
  const groups = new Map<string, MigrationRow[]>();
  for (const row of rows) groups.set(grouping(row), [...(groups.get(grouping(row)) ?? []), row]);
  return [...groups].map(([name, own]) => ({ name, rows: own }));
}

/** The known values of a figure. */
export function valuesOf(rows: readonly MigrationRow[], figure: MigrationFigure): number[] {
  return rows.flatMap(({ figures }) => figures[figure] ?? []);
}

/** The smallest value that at least this share of the values does not exceed; undefined without values. */
export function quantileOf(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** The rank test of each figure that both groups have. */
export function compareGroups(
  first: MigrationGroup,
  second: MigrationGroup,
): { figure: MigrationFigure; test: RankTest }[] {
  return FIGURE_NAMES.flatMap(figure => {
    const test = mannWhitney(valuesOf(first.rows, figure), valuesOf(second.rows, figure));
    return test ? [{ figure, test }] : [];
  });
}
