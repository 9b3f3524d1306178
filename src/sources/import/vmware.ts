import { domainAt, type HypervisorOutcome, HypervisorReader, type LineParser } from './hypervisor-log.js';
import type { LogFormat } from './log.js';

const LINE =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d))\|? .{0,80}?\| .{0,20}?: ?(.{1,500})$/;
const UNSTUN = /^Checkpoint_Unstun: vm stopped for (\d{1,12}) us/;
/** What a VM logs about a vMotion. A snapshot stuns it too, without these. */
const VMOTION = /^(?:VMotion|Migrate|MigrateSet|MigrateVM)/i;
/** An unstun this long after the last such line is of something else. */
const MAX_APART_MS = 60_000;

/**
 * A VM's `vmware.log`: `Checkpoint_Unstun: vm stopped for N us` is logged when it runs again, after a vMotion and after a
 * snapshot. The stamps are those of the host.
 */
function parser(): LineParser {
  let movedAt = -Infinity;
  return text => {
    const found = LINE.exec(text);
    if (!found) return undefined;
    const [, stamp, words] = found as unknown as [string, string, string];
    const at = Date.parse(stamp);
    if (VMOTION.test(words)) movedAt = at;
    const [, micros] = UNSTUN.exec(words) ?? [];
    if (micros === undefined) return undefined;
    const downtime = Number(micros) / 1000;
    const job: HypervisorOutcome = { kind: 'job', direction: 'incoming', status: 'completed', downtime };
    return { at, outcomes: [domainAt('running', 'RESUME'), ...(at - movedAt < MAX_APART_MS ? [job] : [])] };
  };
}

export const vmware: LogFormat = {
  name: 'vmware',
  summary: 'vmware.log of a VM',
  kinds: ['job', 'domain'],
  example: '2026-11-21T22:57:21.901Z| vcpu-0| I005: Checkpoint_Unstun: vm stopped for 42000 us',
  fits: text => UNSTUN.test(LINE.exec(text)?.[2] ?? ''),
  open: settings => new HypervisorReader('vmware', settings, parser()),
};
