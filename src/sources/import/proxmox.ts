import { type HypervisorOutcome, HypervisorReader, type LineParser } from './hypervisor-log.js';
import type { LogFormat } from './log.js';

const LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (.{1,500})$/;
const BEGIN = /^start(?:ing)? (?:online\/live )?migrat(?:e|ion)\b/;
/** The first line of a task; a second one announces the transfer. */
const TASK = /^start(?:ing)? migration of (?:VM|CT)\b/;
const ACTIVE =
  /^migration (?:status: )?active\b(?:.*?transferred ([\d.]+) (B|KiB|MiB|GiB)(?: of ([\d.]+) (B|KiB|MiB|GiB))?)?/;
const DOWNTIME = /\bdowntime (\d{1,9}) ms/;
const DONE = /^migration (?:status: )?completed\b(?:.*?transferred ([\d.]+) (B|KiB|MiB|GiB))?/;
const FAILED = /^(?:ERROR: )?migration (?:aborted|status: (?:failed|error))/;
const UNIT: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

type Job = Extract<HypervisorOutcome, { kind: 'job' }>;

/**
 * The log of a migration task of Proxmox VE: `migration status: completed (duration 00:00:09, downtime 42 ms)`. Its stamps
 * are whole seconds of the node's local time, which is taken for that of this machine.
 */
function parser(): LineParser {
  let beganAt: number | undefined;
  let downtime: number | undefined;
  return text => {
    const found = LINE.exec(text);
    if (!found) return text.trim() === '' ? undefined : 'not understood';
    const [, day, time, words] = found as unknown as [string, string, string, string];
    const at = Date.parse(`${day}T${time}`);
    if (TASK.test(words)) beganAt = downtime = undefined;
    downtime = figure(DOWNTIME, words) ?? downtime;
    const job = (status: Job['status'], more: Partial<Job> = {}) => ({
      at,
      outcomes: [{ kind: 'job', direction: 'outgoing', status, ...more } as Job],
    });
    if (BEGIN.test(words)) {
      beganAt ??= at;
      return job('setup');
    }
    const active = ACTIVE.exec(words);
    if (active) {
      const [transferred, total] = [bytesOf(active[1], active[2]), bytesOf(active[3], active[4])];
      return job('active', {
        ...(transferred !== undefined && { transferred }),
        ...(total !== undefined && { total }),
      });
    }
    if (FAILED.test(words)) return job('failed');
    const done = DONE.exec(words);
    // The downtime is in a line of its own before or in the last one.
    if (!done || (downtime === undefined && !words.includes('status'))) return undefined;
    const transferred = bytesOf(done[1], done[2]);
    return job('completed', {
      ...(beganAt !== undefined && { 'total-time': Math.max(0, at - beganAt) }),
      ...(downtime !== undefined && { downtime }),
      ...(transferred !== undefined && { transferred }),
    });
  };
}

function figure(form: RegExp, words: string): number | undefined {
  const [, digits] = form.exec(words) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function bytesOf(digits: string | undefined, unit: string | undefined): number | undefined {
  const value = Math.round(Number(digits) * (UNIT[unit ?? ''] ?? Number.NaN));
  return Number.isSafeInteger(value) ? value : undefined;
}

export const proxmox: LogFormat = {
  name: 'proxmox',
  summary: 'the log of a migration task of Proxmox VE',
  kinds: ['job', 'domain'],
  example: '2026-11-21 22:57:21 migration status: completed (duration 00:00:09, downtime 42 ms)',
  fits: text => {
    const [, , , words = ''] = LINE.exec(text) ?? [];
    return BEGIN.test(words) || ACTIVE.test(words) || DONE.test(words) || DOWNTIME.test(words);
  },
  open: settings => new HypervisorReader('proxmox', settings, parser()),
};
