import { figure } from '../core/format/duration.js';
import { printable } from '../core/format/text.js';
import { timeFormatOf, type Zone } from '../core/format/time-of-day.js';
import { percent } from '../core/format/units.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import type { Millis } from '../core/sample.js';
import type { SessionInfo } from '../core/session-info.js';
import type { TargetSummary } from '../core/statistics/tally.js';
import { maintenanceReport, maintenanceText } from '../evaluation/maintenance.js';

/** The summary of a session: a paragraph for each target, like ping's, and the maintenance report. Ends with a newline. */
export function summaryText(
  info: SessionInfo,
  summaries: readonly TargetSummary[],
  { checklist, zone = 'local' }: { checklist?: Checklist | undefined; zone?: Zone } = {},
): string {
  const wall = timeFormatOf(zone, info.startedAt);
  const timeOf = (at: Millis) => `${wall.time(at)}${zone === 'utc' ? ' UTC' : ''}`;
  const report = checklist && maintenanceReport(checklist, info.targets, timeOf);
  return `${paragraphs(info, summaries)}${report ? `\n${maintenanceText(report)}` : ''}`;
}

function paragraphs(info: SessionInfo, summaries: readonly TargetSummary[]): string {
  const targets = new Map(info.targets.map(target => [target.target, target]));
  return summaries
    .map(summary => {
      const { name, address, simulated } = targets.get(summary.target) ?? {
        name: summary.target,
        address: summary.target,
        simulated: false,
      };
      const where = simulated || address === name ? '' : ` (${printable(address)})`;
      const heading = `--- ${printable(name)}${where}${simulated ? ', SIMULATED' : ''} ---`;
      return [heading, counts(summary), roundTrips(summary), events(summary), ''].join('\n');
    })
    .join('\n');
}

function counts({ sent, received, lost, late }: TargetSummary): string {
  if (sent === 0) return 'no probe has an outcome';
  const lateWords = late > 0 ? `, ${late} of them answered late` : '';
  return `${sent} probes, ${received} answered, ${lost} lost (${percent(lost / sent)})${lateWords}`;
}

function roundTrips({ rttMs }: TargetSummary): string {
  if (!rttMs) return 'no round trip';
  const figures = (['min', 'median', 'p95', 'p99', 'max'] as const).map(
    name => `${name} ${figure(rttMs[name])}`,
  );
  return `round trip ${figures.join(', ')}`;
}

function events({ events }: TargetSummary): string {
  const words = Object.entries(events).map(([kind, count]) => `${count} ${kind}`);
  return words.length > 0 ? `events: ${words.join(', ')}` : 'no events';
}
