import { isNestedTooDeep } from '../../core/format/nesting.js';
import { qmpJob } from '../../core/hypervisor/qmp-job.js';
import { JOB_STATUSES, type JobStatus } from '../../core/outcomes.js';
import { isCount, isRecord } from '../../core/validation/shape.js';
import { domainAt, HypervisorReader, type LineParser } from './hypervisor-log.js';
import type { LogFormat } from './log.js';

type Fields = Record<string, unknown>;

const STATUS: ReadonlyMap<string, string> = new Map([
  ['STOP', 'paused'],
  ['RESUME', 'running'],
  ['SHUTDOWN', 'shutdown'],
]);

/**
 * QMP as JSON lines: events, and the answers of `query-migrate`. An answer has no stamp, so it counts from the event before it.
 * The stamps are those of QEMU's host.
 */
function parser(): LineParser {
  let at: number | undefined;
  return text => {
    if (text.trim() === '') return undefined;
    const message = parse(text);
    if (!message) return 'not understood';
    if (typeof message.event === 'string') {
      at = stampOf(message.timestamp) ?? at;
      if (at === undefined) return 'an event without a stamp';
      const status = ((message.data ?? {}) as Fields).status;
      if (message.event === 'MIGRATION' && JOB_STATUSES.includes(status as JobStatus))
        return { at, outcomes: [{ kind: 'job', direction: 'outgoing', status: status as JobStatus }] };
      const known = STATUS.get(message.event);
      return known === undefined ? undefined : { at, outcomes: [domainAt(known, message.event)] };
    }
    const job = qmpJob(message.return);
    if (!job) return undefined;
    return at === undefined
      ? 'an answer before the first event'
      : { at, outcomes: [{ kind: 'job', direction: 'outgoing', ...job }] };
  };
}

function parse(text: string): Fields | undefined {
  if (!text.startsWith('{') || isNestedTooDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function stampOf(value: unknown): number | undefined {
  const { seconds, microseconds } = (isRecord(value) ? value : {}) as Fields;
  return isCount(seconds) && isCount(microseconds)
    ? (seconds as number) * 1000 + (microseconds as number) / 1000
    : undefined;
}

export const qmpLog: LogFormat = {
  name: 'qmp',
  summary: 'QMP as JSON lines: events and answers of query-migrate',
  kinds: ['job', 'domain'],
  example: '{"timestamp": {"seconds": 1795299308, "microseconds": 644482}, "event": "STOP"}',
  fits: text => {
    const message = parse(text);
    return message !== undefined && ('QMP' in message || stampOf(message.timestamp) !== undefined);
  },
  open: settings => new HypervisorReader('qmp', settings, parser()),
};
