import type { MigrationEvent } from '../core/event.js';
import { duration, figure } from '../core/format/duration.js';
import { kindWord } from '../core/format/kind.js';
import { textTable } from '../core/format/table.js';
import { formerName, SIMULATED } from '../core/format/target-name.js';
import { clip, printable } from '../core/format/text.js';
import { timeFormatOf, type Zone } from '../core/format/time-of-day.js';
import { lossShare } from '../core/format/units.js';
import { type Checklist, lengthOf } from '../core/maintenance/checklist.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { SessionInfo } from '../core/session-info.js';
import type { TargetSummary } from '../core/statistics/target-tally.js';
import { maintenanceReport, maintenanceText } from '../evaluation/maintenance.js';

/** More targets are listed only if they lost a probe or had an event. */
const ALL_LISTED = 30;
const MAX_ROWS = 200;
const MAX_EVENTS = 30;
const MAX_NAME = 24;

interface SummaryParts {
  /** In the order of time. */
  events: readonly MigrationEvent[];
  checklist?: Checklist | undefined;
  zone?: Zone;
}

/** The end of a session: its events, a row for each target, and the maintenance report. At most 80 columns wide. */
export function summaryText(
  info: SessionInfo,
  summaries: readonly TargetSummary[],
  { events, checklist, zone = 'local' }: SummaryParts,
): string {
  const wall = timeFormatOf(zone, info.startedAt);
  const timeOf = (at: Millis) => `${wall.time(at)}${zone === 'utc' ? ' UTC' : ''}`;
  const names = new Map(info.targets.map(each => [each.target, each]));
  const nameOf = (target: TargetId) => {
    const { name, simulated } = names.get(target) ?? formerName(target);
    const mark = simulated ? ` ${SIMULATED}` : '';
    return clip(printable(name), MAX_NAME - mark.length) + mark;
  };
  const report = checklist && maintenanceReport(checklist, info.targets, timeOf);
  const parts = [
    eventRows(events, nameOf, timeOf),
    targetRows(summaries, nameOf),
    ...(report ? [maintenanceText(report).trimEnd().split('\n')] : []),
  ];
  return `${parts.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function eventRows(
  events: readonly MigrationEvent[],
  nameOf: (target: TargetId) => string,
  timeOf: (at: Millis) => string,
): string[] {
  if (events.length === 0) return ['no events'];
  const rows = events.slice(-MAX_EVENTS).map(event => {
    const length = lengthOf(event);
    const text = length === undefined ? '-' : duration(length);
    const end = event.state === 'open' ? 'ongoing' : '';
    return [timeOf(event.startedAt), nameOf(event.target), kindWord(event), text, end];
  });
  const earlier = events.length - rows.length;
  return [
    ...textTable([['time', 'target', 'event', 'blackout', ''], ...rows], [3]),
    ...(earlier > 0 ? [`and ${earlier} earlier events`] : []),
  ];
}

function targetRows(summaries: readonly TargetSummary[], nameOf: (target: TargetId) => string): string[] {
  const listed = summaries.length > ALL_LISTED ? summaries.filter(isTroubled) : summaries;
  const rows = listed
    .slice(0, MAX_ROWS)
    .map(({ target, sent, lost, rttMs }) => [
      ...[nameOf(target), String(sent), String(lost), lossShare(lost, sent)],
      ...(['median', 'p99', 'max'] as const).map(name => (rttMs ? figure(rttMs[name]) : '-')),
    ]);
  const head = ['target', 'sent', 'lost', 'loss', 'median', 'p99', 'max'];
  const calm = summaries.length - listed.length;
  const more = listed.length - rows.length;
  return [
    ...(rows.length > 0 ? textTable([head, ...rows], [1, 2, 3, 4, 5, 6]) : []),
    ...(more > 0 ? [`and ${more} more targets with losses or events`] : []),
    ...(calm > 0 ? [`${calm} targets without loss and event`] : []),
  ];
}

function isTroubled({ lost, sent, events }: TargetSummary): boolean {
  return lost > 0 || sent === 0 || Object.keys(events).length > 0;
}
