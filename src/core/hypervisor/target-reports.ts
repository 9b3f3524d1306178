import type { LightState, MigrationEvent } from '../event.js';
import { EVENT, LIGHT } from '../judge/event-codecs.js';
import type { Millis, Sample } from '../sample.js';
import { type Json, list, momentOrNever, optional, part, type Stateful } from '../validation/saved-state.js';
import { figuresOf } from './figures.js';
import { JOBS, type Job, takeJob } from './jobs.js';
import { confirmLink, covers, isSettled, LINKS, type Link, takeDomain } from './links.js';
import type { HypervisorReport } from './report.js';
import { UNREPORTED, wordsOf } from './words.js';

/** A report and an event that are this far apart still belong together: both begin and end with delay. */
const SLACK_MS: Millis = 1000;
/** After this time, a hypervisor that neither answers nor loses its connection counts as not connected. */
const MAX_WAIT_MS: Millis = 15_000;
/** How long a report may change an event that is over, such as by the figures of a long post-copy. */
const REVIEW_MS: Millis = 60_000;
const MAX_EVENTS = 16;

const STATE = part<{
  links: Map<string, Link>;
  jobs: Job[];
  events: MigrationEvent[];
  redUntil: Millis;
  judged: LightState | undefined;
}>(1, {
  links: LINKS,
  jobs: JOBS,
  events: list(EVENT, MAX_EVENTS),
  redUntil: momentOrNever,
  judged: optional(LIGHT),
});

/**
 * What hypervisors reported about one target, beside its events. A report is evidence: it never changes what an event is
 * judged to be. Only the absence of a report where there should be one makes a migration unexpected and red.
 */
export class TargetReports implements Stateful {
  private links = new Map<string, Link>();
  private jobs: Job[] = [];
  /** The latest events as the judge gave them, without a report; each with the report that it was shown with. */
  private events: MigrationEvent[] = [];
  private redUntil: Millis = -Infinity;
  /** The light as the judge gave it. */
  private judged: LightState | undefined;

  constructor(private readonly holdMs: Millis) {}

  /** Takes a sample of a hypervisor. Returns the events whose report changed. */
  take({ outcome, at, knownAt }: Sample): MigrationEvent[] {
    if (outcome.kind === 'domain') takeDomain(this.links, outcome, { at, knownAt });
    if (outcome.kind === 'job') {
      takeJob(this.jobs, outcome, { at, knownAt });
      confirmLink(this.links, outcome.host, at);
    }
    return this.review(knownAt);
  }

  /** The event with what was reported about it. */
  join(event: MigrationEvent, now: Millis): MigrationEvent {
    const index = this.events.findIndex(({ id }) => id === event.id);
    const joined = { ...event, ...this.reported(event, now, this.events[index]?.reported) };
    if (index >= 0) this.events[index] = joined;
    else this.events.push(joined);
    if (this.events.length > MAX_EVENTS) this.events.shift();
    return this.shown(joined);
  }

  /** The light, which stays red for a while after a migration that was not reported. Undefined if it does not change. */
  light(judged: LightState): LightState | undefined {
    this.judged = judged;
    return judged.at < this.redUntil && judged.light !== 'red' ? undefined : judged;
  }

  /** The light of a migration that was not reported, and the judge's once that is over. */
  lightAt(now: Millis, events: readonly MigrationEvent[]): LightState | undefined {
    const alarm = events.find(({ reported }) => reported?.state === 'unreported');
    if (alarm && this.redUntil < now) {
      this.redUntil = now + this.holdMs;
      return { target: alarm.target, light: 'red', at: now, why: UNREPORTED };
    }
    if (this.redUntil === -Infinity || now < this.redUntil) return undefined;
    this.redUntil = -Infinity;
    return this.judged && { ...this.judged, at: now };
  }

  save(): Json {
    const { links, jobs, events, redUntil, judged } = this;
    return STATE.save({ links, jobs, events, redUntil, judged });
  }

  load(saved: Json): void {
    const { links, jobs, events, redUntil, judged } = STATE.load(saved);
    Object.assign(this, { links, jobs, events, redUntil, judged });
  }

  private review(now: Millis): MigrationEvent[] {
    this.events = this.events.filter(({ endedAt }) => endedAt === undefined || now - endedAt < REVIEW_MS);
    const changed: MigrationEvent[] = [];
    this.events = this.events.map(event => {
      const next = { ...event, ...this.reported(event, now, event.reported) };
      if (JSON.stringify(next.reported) === JSON.stringify(event.reported)) return event;
      changed.push(this.shown(next));
      return next;
    });
    return changed;
  }

  private shown(event: MigrationEvent): MigrationEvent {
    const { reported } = event;
    if (!reported) return event;
    const evidence = { witness: 'hypervisor', summary: wordsOf(reported, event) };
    if (reported.state !== 'unreported') return { ...event, evidence: [...event.evidence, evidence] };
    return { ...event, red: true, evidence: [evidence, ...event.evidence] };
  }

  /** `before` is what was known: later migrations replace figures of links, and a link that breaks later proves nothing. */
  private reported(
    event: MigrationEvent,
    now: Millis,
    before: HypervisorReport | undefined,
  ): { reported?: HypervisorReport } {
    if (this.links.size === 0) return {};
    const [from, to] = [event.startedAt - SLACK_MS, (event.endedAt ?? now) + SLACK_MS];
    const jobs = this.jobs.filter(job => job.from <= to && job.to >= from);
    if (jobs.length > 0) {
      const reported = this.reportOf(jobs, from, to);
      return { reported: before?.state === 'reported' ? { ...before, ...reported } : reported };
    }
    if (before) return { reported: before };
    return event.kind === 'migration' && event.endedAt !== undefined ? this.silence(from, to, now) : {};
  }

  /**
   * The figures come from the source, where it is connected; only it has them, and QEMU may end there before it reports
   * them. The last result counts: libvirt's comes after QEMU's, and includes the work of its daemons. Any connection may be
   * the one that sees the transport.
   */
  private reportOf(jobs: readonly Job[], from: Millis, to: Millis): HypervisorReport {
    const sources = jobs.filter(({ direction }) => direction === 'outgoing');
    const results = sources
      .filter(({ downtimeMs }) => downtimeMs !== undefined)
      .sort((one, other) => one.to - other.to);
    const job = results.at(-1) ?? sources.at(-1) ?? jobs.at(-1)!;
    const transports = jobs.flatMap(({ transport }) => transport ?? []);
    const transport = transports.includes('tls') ? 'tls' : transports[0];
    const links = [...this.links.values()];
    const within = (stamp: Link['stop']) => stamp && stamp.at >= from && stamp.at <= to;
    const stop = links.find(link => within(link.stop))?.stop;
    const resume = links.find(link => within(link.resume))?.resume;
    return {
      ...{ state: 'reported', host: job.host, status: job.status },
      ...figuresOf(job),
      ...(transport && { transport }),
      ...(stop && { stopAt: stop.at, stopErrorMs: stop.errorMs }),
      ...(resume && { resumeAt: resume.at, resumeErrorMs: resume.errorMs }),
    };
  }

  private silence(from: Millis, to: Millis, now: Millis): { reported?: HypervisorReport } {
    const links = [...this.links];
    const silent = links.find(([, link]) => covers(link, from, to));
    if (silent) {
      const [host, { events }] = silent;
      const instead = events.filter(({ at }) => at >= from && at <= to).map(({ status }) => status);
      const reported = { state: 'unreported' as const, host };
      return { reported: { ...reported, ...(instead.length > 0 && { instead: instead.join(', ') }) } };
    }
    const over = links.every(([, link]) => isSettled(link, to)) || now > to + MAX_WAIT_MS;
    return over ? { reported: { state: 'unconnected', host: links[0]![0] } } : {};
  }
}
