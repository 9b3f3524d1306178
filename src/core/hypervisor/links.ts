import type { DomainReport } from '../outcomes.js';
import type { Millis } from '../sample.js';
import {
  list,
  mapOf,
  moment,
  momentOrNever,
  object,
  optional,
  text,
  truth,
} from '../validation/saved-state.js';

/** A state of a domain, since a moment. */
interface StatusChange {
  at: Millis;
  status: string;
}

/** A moment on our time line, which may be this far off. */
interface Stamp {
  at: Millis;
  errorMs: Millis;
}

/** What one connection reported about a domain. */
export interface Link {
  up: boolean;
  /** Since when it has been up without a break. */
  upSince: Millis;
  /** The latest moment at which we asked and got an answer. */
  confirmedAt: Millis;
  changes: StatusChange[];
  /** The events that it reported lately, in its words. */
  events: StatusChange[];
  stop: Stamp | undefined;
  resume: Stamp | undefined;
}

/** A domain has few hypervisors, and a hostile recording many. */
const MAX_LINKS = 32;
const MAX_CHANGES = 32;
/** A domain in one of these states runs elsewhere, or nowhere. */
const NOT_HERE = [
  ...[
    '',
    'inmigrate',
    'postmigrate',
    'prelaunch',
    'shutdown',
    'finish-migrate',
    'gone',
    'shut off',
    'crashed',
  ],
  ...['in shutdown', 'no state'],
];

/** Whether a domain in this state runs, or may run again, where it was reported. */
export function isHere(status: string): boolean {
  return !NOT_HERE.includes(status);
}

const CHANGES = list(object<StatusChange>({ at: moment, status: text }), MAX_CHANGES);
const STAMP = optional(object<Stamp>({ at: moment, errorMs: momentOrNever }));
export const LINKS = mapOf(
  object<Link>({
    up: truth,
    upSince: momentOrNever,
    confirmedAt: momentOrNever,
    changes: CHANGES,
    events: CHANGES,
    stop: STAMP,
    resume: STAMP,
  }),
  MAX_LINKS,
);

/** Applies a report to the links by connection. */
export function takeDomain(
  links: Map<string, Link>,
  report: DomainReport,
  { at, knownAt }: { at: Millis; knownAt: Millis },
): void {
  const link = linkOf(links, report.host);
  if (!link) return;
  if (report.link === 'down') {
    link.up = false;
    return;
  }
  confirm(link, at);
  const last = link.changes.at(-1);
  if (last?.status !== report.status) put(link.changes, { at: knownAt, status: report.status });
  if (report.event === undefined) return;
  put(link.events, { at: knownAt, status: report.event });
  const { eventAt, offsetMs, errorMs } = report;
  if (eventAt === undefined || offsetMs === undefined || errorMs === undefined) return;
  const stamp = { at: eventAt - offsetMs, errorMs };
  if (/^(STOP|Suspended)\b/.test(report.event)) link.stop = stamp;
  if (/^(RESUME|Resumed)\b/.test(report.event)) link.resume = stamp;
}

/** The connection answered what we asked at this moment. */
export function confirmLink(links: Map<string, Link>, host: string, at: Millis): void {
  const link = linkOf(links, host);
  if (link) confirm(link, at);
}

/** Whether the domain ran at that hypervisor, and the connection was up from then until it confirmed a later moment. */
export function covers(link: Link, from: Millis, to: Millis): boolean {
  const status = link.changes.findLast(({ at }) => at <= from)?.status;
  return status !== undefined && isHere(status) && link.upSince <= from && link.confirmedAt >= to;
}

/** Whether no later report can change what the link says about the time before. */
export function isSettled(link: Link, to: Millis): boolean {
  return !link.up || link.confirmedAt >= to;
}

function confirm(link: Link, at: Millis): void {
  if (!link.up) link.upSince = at;
  link.up = true;
  link.confirmedAt = Math.max(link.confirmedAt, at);
}

function linkOf(links: Map<string, Link>, host: string): Link | undefined {
  const known = links.get(host);
  if (known || links.size >= MAX_LINKS) return known;
  const never = -Infinity;
  const link: Link = {
    ...{ up: false, upSince: never, confirmedAt: never, changes: [], events: [] },
    ...{ stop: undefined, resume: undefined },
  };
  links.set(host, link);
  return link;
}

function put(changes: StatusChange[], change: StatusChange): void {
  changes.push(change);
  if (changes.length > MAX_CHANGES) changes.shift();
}
