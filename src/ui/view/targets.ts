import type { Light } from '../../core/event.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import type { Millis, TargetId } from '../../core/sample.js';
import type { SessionInfo, TargetInfo } from '../../core/session-info.js';
import { windowOf } from '../graph/graph.js';
import { bucketed } from '../history/buckets.js';
import type { ProbeStatus } from '../history/ring.js';
import { hasMember, isGroup, type ListRow } from '../list/groups.js';
import type { List } from '../list/list.js';
import type { SessionState } from '../model/state.js';
import { downOf } from './down.js';
import { type GroupRow, groupViewOf } from './group.js';
import type { ViewInputs, ViewSize } from './inputs.js';
import { lightOf } from './light.js';
import { movingOf } from './moving.js';

export interface TargetsView {
  rows: readonly ListEntry[];
  /** Index of the first row among those listed. */
  first: number;
  /** Number of rows, of targets that match, and of all targets. */
  listed: number;
  matching: number;
  all: number;
  /** The width of the longest name, so that columns stay in place on every page and while a filter is typed. */
  nameWidth: number;
  sparkMs: Millis;
}

/** A target, or the heading of a group. */
export type ListEntry = TargetRow | GroupRow;

export interface TargetRow extends NamedTarget {
  target: TargetId;
  chosen: boolean;
  /** The light, green before the first step. */
  light: Light;
  last: { status: ProbeStatus; rttMs: Millis };
  /** For how long it has not answered; undefined while it does. */
  downMs: Millis | undefined;
  /** How far its migration is, as its hypervisor reports it: longest form first. */
  moving: readonly string[] | undefined;
  medianMs: Millis | undefined;
  p99Ms: Millis | undefined;
  /** Probes with an outcome, and those lost. */
  sent: number;
  lost: number;
  spark: readonly SparkCell[];
}

/** The worst of a moment: the largest RTT as a multiple of the median, or a status other than a reply. */
export interface SparkCell {
  status: ProbeStatus;
  ratio: number;
}

/** The page of the list that holds the chosen target. */
export function targetsOf(
  moment: ViewInputs,
  { rows: all, matching, nameWidth }: List,
  chosen: TargetId | undefined,
  { rows, spark }: ViewSize,
): TargetsView {
  const { state, info, now } = moment;
  const index = Math.max(
    0,
    all.findIndex(row => isChosen(row, chosen)),
  );
  const page = Math.floor(index / Math.max(1, rows)) * rows;
  const first = Math.max(0, Math.min(page, all.length - rows));
  const sparkMs = Math.max(1000, info.intervalMs);
  const shown = all.slice(first, first + rows);
  return {
    rows: shown.map(row =>
      isGroup(row)
        ? groupViewOf(moment, row, isChosen(row, chosen))
        : rowOf(state, info, row.target, now, isChosen(row, chosen), spark, sparkMs),
    ),
    first,
    listed: all.length,
    matching: matching.length,
    all: info.targets.length,
    nameWidth,
    sparkMs,
  };
}

/** A folded group represents its hidden members. */
function isChosen(row: ListRow, chosen: TargetId | undefined): boolean {
  return isGroup(row) ? row.folded && hasMember(row, chosen) : row.target.target === chosen;
}

export function rowOf(
  state: SessionState,
  info: SessionInfo,
  target: TargetInfo,
  now: Millis,
  chosen: boolean,
  cells: number,
  cellMs: Millis,
): TargetRow {
  const known = state.of(target.target);
  const { probes } = known;
  const tally = state.tally.of(target.target);
  const medianMs = tally.rtt.quantile(0.5);
  const window = windowOf(now, cells * cellMs, cells);
  const { max, status } = bucketed(probes, window.from, window.to, cells);
  return {
    ...named(target),
    target: target.target,
    chosen,
    light: lightOf(known, info, now).light,
    last: probes.last(),
    downMs: downOf(known, info.intervalMs, now),
    moving: movingOf(known, now),
    medianMs,
    p99Ms: tally.rtt.quantile(0.99),
    sent: tally.received + tally.lost,
    lost: tally.lost,
    spark: Array.from(status, (worst, cell) => ({
      status: worst as ProbeStatus,
      ratio: max[cell]! / (medianMs ?? 1),
    })),
  };
}
