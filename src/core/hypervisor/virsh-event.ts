import type { Millis } from '../sample.js';

/** A line of `virsh event --all --loop --timestamp`. */
export interface VirshEvent {
  /** When virsh received it, by the clock of the machine that runs virsh. */
  at: Millis;
  /** Such as `lifecycle`, `migration-iteration` or `job-completed`. */
  name: string;
  domain: string;
  /** The rest of the line, such as `Suspended Migrated`. */
  detail: string;
}

const LINE =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3})([+-]\d\d:?\d\d): event '([\w-]{1,40})' for domain '(.{1,200}?)'(?:: ?(.*)|:?)$/;

/** Undefined for another line. */
export function virshEvent(line: string): VirshEvent | undefined {
  const [, day, time, zone, name, domain, detail = ''] = LINE.exec(line) ?? [];
  const at = Date.parse(`${day}T${time}${zone?.replace(/^(...)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at) ? undefined : { at, name: name!, domain: domain!, detail };
}

const STATUS_AFTER: Readonly<Record<string, string>> = {
  Started: 'running',
  Resumed: 'running',
  Suspended: 'paused',
  PMSuspended: 'pmsuspended',
  Stopped: 'shut off',
  Shutdown: 'in shutdown',
  Crashed: 'crashed',
};

/** The state of a domain after an event `lifecycle` with this detail; undefined if it does not change. */
export function statusAfter(detail: string): string | undefined {
  const name = detail.split(' ', 1)[0]!;
  return Object.hasOwn(STATUS_AFTER, name) ? STATUS_AFTER[name] : undefined;
}
