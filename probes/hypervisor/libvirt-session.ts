import { type LibvirtJob, libvirtJob } from '../../src/core/hypervisor/libvirt-job.js';
import { isFinal } from '../../src/core/hypervisor/qmp-job.js';
import { statusAfter } from '../../src/core/hypervisor/virsh-event.js';
import type { JobReport } from '../../src/core/outcomes.js';
import { type Millis, toMicros } from '../../src/core/sample.js';
import {
  type HypervisorConnection,
  type HypervisorPorts,
  MAX_ADDRESSES,
  MAX_DOMAINS,
  MAX_NAME,
} from './backend.js';
import { type ArrivedEvent, VirshEvents } from './virsh-events.js';
import { type VirshAnswer, VirshShell } from './virsh-shell.js';
import { addressesIn, domainOf, macsIn, statesIn } from './virsh-text.js';

const LIST_MS: Millis = 5000;
const JOB_MS: Millis = 250;
/** All domains together are asked this often, so that forty migrations at once take about 2 % of a core. */
const SHARE_MS: Millis = 25;
/** Events of domains that the next list has to name. */
const MAX_EARLY = 200;
/** A job without news for this long is over, although its end was not reported. */
const MAX_SILENCE_MS: Millis = 10_000;

interface Domain {
  name: string;
  uuid: string;
  status: string;
  /** The direction of the migration that runs. */
  moving: JobReport['direction'] | undefined;
  movedAt: Millis;
}

/** One libvirt daemon: its domains, their states and migrations. */
export class LibvirtSession implements HypervisorConnection {
  private readonly shell: VirshShell;
  private readonly events: VirshEvents;
  /** By name: events have no UUID. */
  private domains = new Map<string, Domain>();
  /** Events of domains that are not listed yet. */
  private early: ArrivedEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private listAt: Millis = -Infinity;
  private stopped = false;
  private wake: () => void = () => {};

  constructor(
    uri: string,
    private readonly ports: HypervisorPorts,
  ) {
    const own = { now: () => ports.now(), ended: (error: Error) => this.fail(error) };
    this.shell = new VirshShell(uri, own);
    this.events = new VirshEvents(uri, { ...own, event: event => this.take(event) });
    void this.run();
  }

  async stop(): Promise<void> {
    this.end();
    await Promise.all([this.shell.stop(), this.events.stop()]);
  }

  private end(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.wake();
  }

  private fail(error: Error): void {
    if (this.stopped) return;
    void this.stop();
    this.ports.ended(error);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      if (this.ports.now() >= this.listAt) await this.list();
      const moving = this.movingDomains();
      for (const domain of moving) await this.askJob(domain);
      await this.pause(moving.length > 0 ? Math.max(JOB_MS, moving.length * SHARE_MS) : LIST_MS);
    }
  }

  /** Waits until the next list is due, and at most `ms`. */
  private pause(ms: Millis): Promise<void> {
    return new Promise(done => {
      this.wake = () => {
        clearTimeout(this.timer);
        done();
      };
      this.timer = setTimeout(done, Math.max(0, Math.min(ms, this.listAt - this.ports.now())));
    });
  }

  private movingDomains(): Domain[] {
    return [...this.domains.values()].filter(({ moving }) => moving !== undefined);
  }

  private async list(): Promise<void> {
    this.listAt = this.ports.now() + LIST_MS;
    const named = await this.shell.ask('list --all --uuid --name');
    const rows = await this.shell.ask('list --all');
    const error = named.error ?? rows.error;
    if (error !== undefined) {
      this.fail(new Error(error));
      return;
    }
    const states = statesIn(rows.lines);
    const before = this.domains;
    this.domains = new Map(
      named.lines
        .flatMap(domainOf)
        .slice(0, MAX_DOMAINS)
        .map(({ name, uuid }) => {
          const known = before.get(name);
          const status = states.get(name) ?? '';
          if (known?.uuid === uuid) return [name, Object.assign(known, { status })];
          return [name, { name, uuid, status, moving: undefined, movedAt: -Infinity }];
        }),
    );
    for (const domain of this.domains.values()) {
      if (before.get(domain.name)?.uuid !== domain.uuid) await this.identify(domain);
      this.reportStatus(domain, rows);
    }
    // A domain that left is gone from the list: an answer of the hypervisor too.
    for (const domain of before.values())
      if (!this.domains.has(domain.name)) this.reportStatus({ ...domain, status: 'gone' }, rows);
    for (const event of this.early.splice(0)) if (this.domains.has(event.domain)) this.take(event);
  }

  private async identify({ name, uuid }: Domain): Promise<void> {
    const macs = (await this.shell.ask(`domiflist ${uuid}`)).lines.flatMap(macsIn);
    const addresses: string[] = [];
    for (const source of ['lease', 'arp'])
      addresses.push(
        ...(await this.shell.ask(`domifaddr ${uuid} --source ${source}`)).lines.flatMap(addressesIn),
      );
    if (this.stopped) return;
    this.ports.domain({
      name,
      macs: macs.slice(0, MAX_ADDRESSES),
      addresses: [...new Set(addresses)].slice(0, MAX_ADDRESSES),
    });
  }

  private reportStatus({ name, status }: Domain, { sentAt, receivedAt }: VirshAnswer): void {
    this.report(name, sentAt, receivedAt, { kind: 'domain', link: 'up', status });
  }

  private async askJob(domain: Domain): Promise<void> {
    const { lines, sentAt, receivedAt } = await this.shell.ask(`domjobinfo ${domain.uuid} --rawstats`);
    const job = libvirtJob(lines);
    if (job && !isFinal(job.figures.status)) this.reportJob(domain, job, sentAt, receivedAt);
    else if (receivedAt - domain.movedAt > MAX_SILENCE_MS) domain.moving = undefined;
  }

  private reportJob(domain: Domain, { direction, figures }: LibvirtJob, at: Millis, knownAt: Millis): void {
    const way = direction ?? domain.moving ?? 'outgoing';
    domain.moving = isFinal(figures.status) ? undefined : way;
    domain.movedAt = knownAt;
    this.report(domain.name, at, knownAt, { kind: 'job', direction: way, ...figures });
  }

  private take(event: ArrivedEvent): void {
    const { name, domain: of, detail, arrivedAt, job } = event;
    const domain = this.domains.get(of);
    // While a new domain is identified, its events wait in their order.
    if (!domain || this.early.some(each => each.domain === of)) {
      this.keep(event);
      return;
    }
    if (name === 'migration-iteration') this.begin(domain, 'outgoing', arrivedAt);
    if (job?.direction) this.reportJob(domain, job, arrivedAt, arrivedAt);
    if (name !== 'lifecycle') return;
    if (detail === 'Started Migrated') this.begin(domain, 'incoming', arrivedAt);
    if (detail === 'Resumed Migrated') {
      const done: LibvirtJob = { direction: 'incoming', figures: { status: 'completed' } };
      this.reportJob(domain, done, arrivedAt, arrivedAt);
    }
    domain.status = statusAfter(detail) ?? domain.status;
    this.report(of, arrivedAt, arrivedAt, {
      ...{ kind: 'domain', link: 'up', status: domain.status, event: detail.slice(0, MAX_NAME) },
      ...{ eventAt: event.at, offsetMs: toMicros(Date.now() - this.ports.now()), errorMs: 1 },
    });
  }

  /** Keeps the event of a new domain until the next list, which is made at once. */
  private keep(event: ArrivedEvent): void {
    if (this.early.length < MAX_EARLY) this.early.push(event);
    this.listAt = -Infinity;
    this.wake();
  }

  private begin(domain: Domain, direction: JobReport['direction'], at: Millis): void {
    domain.movedAt = at;
    if (domain.moving !== undefined) return;
    domain.moving = direction;
    this.report(domain.name, at, at, { kind: 'job', direction, status: 'active' });
    this.wake();
  }

  private report(
    domain: string,
    at: Millis,
    knownAt: Millis,
    report: Parameters<HypervisorPorts['report']>[3],
  ): void {
    if (!this.stopped) this.ports.report(domain, toMicros(at), toMicros(knownAt), report);
  }
}
