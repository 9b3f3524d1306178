/**
 * libvirt, through virsh, which takes any URI that libvirt does; ssh keys and agents are the user's own. Read only: virsh
 * connects with --readonly, so libvirt refuses what would change something.
 *
 * One `virsh event --all --loop --timestamp` reports what happens. A second virsh lists the domains every 5 s, which shows
 * that the connection lives, and asks `domjobinfo` 4 times a second for domains that migrate. The result comes with the event
 * `job-completed`: fetching it by `domjobinfo --completed` would take it from the operator.
 *
 * Clock: virsh stamps an event here when it arrives, so the hypervisor's clock is not seen; the event is earlier by its way.
 *
 * Not for: domains that libvirt does not manage. A migration of one is unreported here.
 * Reference: virsh(1); libvirt-domain, virDomainGetJobStats.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type LibvirtJob, libvirtJob } from '../../src/core/hypervisor/libvirt-job.js';
import { isFinal } from '../../src/core/hypervisor/qmp-job.js';
import { type VirshEvent, virshEvent } from '../../src/core/hypervisor/virsh-event.js';
import type { JobReport } from '../../src/core/outcomes.js';
import { type Millis, toMicros } from '../../src/core/sample.js';
import { howEnded } from '../../src/system/child-process.js';
import { takeLines } from '../../src/system/text-lines.js';
import {
  type HypervisorBackend,
  type HypervisorPorts,
  MAX_ADDRESSES,
  MAX_DOMAINS,
  MAX_NAME,
} from './backend.js';
import { endVirsh, errorIn, startVirsh, type VirshAnswer, VirshShell } from './virsh-shell.js';

const LIST_MS: Millis = 5000;
const JOB_MS: Millis = 250;
const MAX_LINE = 4096;
const MAX_ERRORS = 100;
/** The figures of a result come within this time, and are at most so many lines. */
const FIGURES_MS: Millis = 20;
const MAX_FIGURES = 100;
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

class LibvirtSession {
  private readonly shell: VirshShell;
  private readonly events: ChildProcess;
  private readonly gone: Promise<unknown>;
  /** By name: events have no UUID. */
  private domains = new Map<string, Domain>();
  private timer: NodeJS.Timeout | undefined;
  private listedAt: Millis = -Infinity;
  private stopped = false;
  /** The lines of a `job-completed` so far. */
  private completed: { event: VirshEvent; lines: string[] } | undefined;
  private completedTimer: NodeJS.Timeout | undefined;
  private readonly errors: string[] = [];
  private wake: () => void = () => {};

  constructor(
    uri: string,
    private readonly ports: HypervisorPorts,
  ) {
    this.shell = new VirshShell(uri, { now: () => ports.now(), ended: error => this.fail(error) });
    this.events = startVirsh(uri, ['event', '--all', '--loop', '--timestamp']);
    const read = takeLines(this.events.stdout!, MAX_LINE, line => this.read(line));
    this.gone = new Promise<string>(done => {
      this.events.once('error', error => done(error.message));
      this.events.once('close', (code, signal) => done(`virsh event ended: ${howEnded(code, signal)}`));
    }).then(async how => {
      await read;
      this.fail(new Error(errorIn(this.errors) ?? how));
    });
    void this.run();
  }

  async stop(): Promise<void> {
    this.end();
    await Promise.all([this.shell.stop(), endVirsh(this.events, this.gone)]);
  }

  private end(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.completedTimer);
    this.wake();
  }

  private fail(error: Error): void {
    if (this.stopped) return;
    this.end();
    void this.shell.stop();
    void endVirsh(this.events, this.gone);
    this.ports.ended(error);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      if (this.ports.now() - this.listedAt >= LIST_MS) await this.list();
      for (const domain of this.movingDomains()) await this.askJob(domain);
      await this.pause(this.movingDomains().length > 0 ? JOB_MS : LIST_MS);
    }
  }

  private pause(ms: Millis): Promise<void> {
    return new Promise(done => {
      this.wake = () => {
        clearTimeout(this.timer);
        done();
      };
      this.timer = setTimeout(done, ms);
    });
  }

  private movingDomains(): Domain[] {
    return [...this.domains.values()].filter(({ moving }) => moving !== undefined);
  }

  private async list(): Promise<void> {
    this.listedAt = this.ports.now();
    const named = await this.shell.ask('list --all --uuid --name');
    const states = await this.shell.ask('list --all');
    const error = named.error ?? states.error;
    if (error !== undefined) return this.fail(new Error(error));
    const found = named.lines.flatMap(domainOf).slice(0, MAX_DOMAINS);
    const before = this.domains;
    this.domains = new Map(
      found.map(({ name, uuid }) => {
        const known = before.get(name);
        const status = statusIn(states.lines, name);
        if (known?.uuid === uuid) return [name, Object.assign(known, { status })];
        return [name, { name, uuid, status, moving: undefined, movedAt: -Infinity }];
      }),
    );
    for (const domain of this.domains.values()) {
      if (before.get(domain.name)?.uuid !== domain.uuid) await this.identify(domain);
      this.reportStatus(domain, states);
    }
    // A domain that left is gone from the list: an answer of the hypervisor too.
    for (const domain of before.values())
      if (!this.domains.has(domain.name)) this.reportStatus({ ...domain, status: 'gone' }, states);
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

  /** A line of `virsh event`: an event, or a tab and a figure of the `job-completed` before. */
  private read(line: string): void {
    if (this.stopped) return;
    if (this.completed && /^\s/.test(line) && this.completed.lines.length < MAX_FIGURES)
      this.completed.lines.push(line);
    const event = virshEvent(line);
    if (event) this.take(event);
    else if (line.startsWith('error: ') && this.errors.length < MAX_ERRORS) this.errors.push(line);
  }

  private take(event: VirshEvent): void {
    const { name, domain: of, detail } = event;
    const domain = this.domains.get(of);
    const now = this.ports.now();
    // The figures of a result come at once, but in lines of their own; an event ends them, or silence.
    this.takeCompleted();
    if (name === 'job-completed') {
      this.completed = { event, lines: [] };
      this.completedTimer = setTimeout(() => this.takeCompleted(), FIGURES_MS);
    }
    // A new domain: the next list has it.
    if (!domain) {
      if (name === 'lifecycle') this.listSoon();
      return;
    }
    if (name === 'migration-iteration') this.begin(domain, 'outgoing');
    if (name !== 'lifecycle') return;
    if (detail === 'Started Migrated') this.begin(domain, 'incoming');
    if (detail === 'Resumed Migrated')
      this.reportJob(domain, { direction: 'incoming', figures: { status: 'completed' } }, now, now);
    const status = STATUS_AFTER.get(detail.split(' ')[0]!) ?? domain.status;
    domain.status = status;
    const offsetMs = toMicros(Date.now() - now);
    const eventAt = { eventAt: event.at, offsetMs, errorMs: 1 };
    this.report(of, now, now, {
      kind: 'domain',
      link: 'up',
      status,
      event: detail.slice(0, MAX_NAME),
      ...eventAt,
    });
  }

  private begin(domain: Domain, direction: JobReport['direction']): void {
    domain.movedAt = this.ports.now();
    if (domain.moving !== undefined) return;
    domain.moving = direction;
    const now = this.ports.now();
    this.report(domain.name, now, now, { kind: 'job', direction, status: 'active' });
    this.wake();
  }

  private takeCompleted(): void {
    const { completed } = this;
    clearTimeout(this.completedTimer);
    this.completed = undefined;
    const domain = completed && this.domains.get(completed.event.domain);
    const job = completed && libvirtJob(completed.lines);
    if (!domain || !job?.direction || this.stopped) return;
    const now = this.ports.now();
    this.reportJob(domain, job, now, now);
  }

  private listSoon(): void {
    this.listedAt = -Infinity;
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

const STATUS_AFTER: ReadonlyMap<string, string> = new Map([
  ...([
    ['Started', 'running'],
    ['Resumed', 'running'],
    ['Suspended', 'paused'],
  ] as const),
  ...([
    ['PMSuspended', 'pmsuspended'],
    ['Stopped', 'shut off'],
  ] as const),
  ...([
    ['Shutdown', 'in shutdown'],
    ['Crashed', 'crashed'],
  ] as const),
]);

const UUID = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(\S.*?)\s*$/;

function domainOf(line: string): { uuid: string; name: string }[] {
  const [, uuid, name] = UUID.exec(line) ?? [];
  return uuid !== undefined && name!.length <= MAX_NAME ? [{ uuid, name: name! }] : [];
}

/** The state in the row ` 1   web   running` of a list. */
function statusIn(lines: readonly string[], name: string): string {
  for (const line of lines) {
    const [, rest] = /^\s*(?:\d+|-)\s+(.*?)\s*$/.exec(line) ?? [];
    if (rest?.startsWith(`${name} `)) return rest.slice(name.length).trim().slice(0, 40);
  }
  return '';
}

function macsIn(line: string): string[] {
  return line.toLowerCase().match(/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g) ?? [];
}

function addressesIn(line: string): string[] {
  const [, address] = /\sipv[46]\s+([0-9a-f.:]+)\/\d+\s*$/i.exec(line) ?? [];
  return address === undefined ? [] : [address];
}

export const libvirt: HypervisorBackend = {
  name: 'libvirt',
  summary: 'all domains of a libvirt daemon, here or on another host: their states and migrations',
  form: 'libvirt:URI, such as libvirt:qemu+ssh://host1/system',
  needs: 'virsh, and permission to connect read-only',
  single: false,
  checkAddress: uri => {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri) || /\s/.test(uri))
      throw new RangeError('a libvirt address is a URI such as qemu:///system');
  },
  check: () =>
    new Promise(done => {
      const child = spawn('virsh', ['--version'], { stdio: 'ignore' });
      child.once('error', ({ message }) =>
        done({ allowed: false, reason: message, remedy: 'apt install libvirt-clients' }),
      );
      child.once('exit', () => done({ allowed: true }));
    }),
  open: (uri, ports) => new LibvirtSession(uri, ports),
};
