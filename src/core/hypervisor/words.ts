import { type MigrationEvent, unreachableFor } from '../event.js';
import { duration } from '../format/duration.js';
import { printable } from '../format/text.js';
import { bytes } from '../format/units.js';
import type { Millis } from '../sample.js';
import type { HypervisorReport } from './report.js';

export const UNREPORTED = 'not reported by the hypervisor';

/** What hypervisors reported about an event next to what was seen, in one line. */
export function wordsOf(report: HypervisorReport, event: MigrationEvent): string {
  if (report.state === 'unconnected')
    return 'the connection to the hypervisor was interrupted, so a missing report means nothing';
  if (report.state === 'unreported')
    return report.instead === undefined
      ? UNREPORTED
      : `${UNREPORTED}, which reports ${printable(report.instead)}`;
  return [reportedWords(report), stoppedWords(report), ...seenWords(event), costWords(report)]
    .filter(text => text !== '')
    .join(' · ');
}

function reportedWords({ status, downtimeMs }: HypervisorReport): string {
  if (downtimeMs !== undefined) return `reported ${duration(downtimeMs)}`;
  return status === 'completed' ? 'reported' : `reported: ${status}`;
}

/** Left out where the clocks' error is as long as the stop: it would claim an order that nobody can know. */
function stoppedWords({ stopAt, resumeAt, stopErrorMs = 0, resumeErrorMs = 0 }: HypervisorReport): string {
  if (stopAt === undefined || resumeAt === undefined) return '';
  const [stoppedMs, errorMs] = [resumeAt - stopAt, stopErrorMs + resumeErrorMs];
  return stoppedMs > errorMs ? `STOP to RESUME ${duration(stoppedMs)} ± ${duration(errorMs)}` : '';
}

function seenWords(event: MigrationEvent): string[] {
  const { freezeMs } = event;
  const gone = unreachableFor(event);
  return [
    ...(freezeMs === undefined ? [] : [`guest stood still ${duration(freezeMs)}`]),
    ...(gone === undefined ? [] : [`unreachable ${duration(gone)}`]),
  ];
}

function costWords({ transferred, totalMs, iterations, transport }: HypervisorReport): string {
  const data = transferred === undefined ? '' : bytes(transferred);
  const time = totalMs === undefined ? '' : `in ${duration(totalMs)}`;
  const rounds = iterations === undefined ? '' : `${iterations} iteration${iterations === 1 ? '' : 's'}`;
  const cover = { tls: 'TLS', clear: 'in clear' };
  return [`${data} ${time}`.trim(), rounds, transport === undefined ? '' : cover[transport]]
    .filter(text => text !== '')
    .join(', ');
}

/** `moving 63 %, 4 s left`: how far a migration is, from its latest report. */
export function progressWords(progress: { share: number | undefined; leftMs: Millis | undefined }): string {
  const { share, leftMs } = progress;
  const percent = share === undefined ? '' : ` ${Math.floor(share * 100)} %`;
  return `moving${percent}${leftMs === undefined ? '' : `, ${Math.ceil(leftMs / 1000)} s left`}`;
}
