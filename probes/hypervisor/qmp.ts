/**
 * QEMU's machine protocol on a unix or TCP socket: the domain's state and its migration, read only.
 *
 * STOP, RESUME and the other events come by themselves; `query-migrate` is asked 10 times a second while a migration runs,
 * less often where more than five run at once, else once in 5 s, or once a second if the capability `events` is off, since the
 * start of a migration is no event then.
 *
 * Clock: an event bounds QEMU's clock on one side by its arrival and on the other by the latest answered command. While a
 * migration runs, `total-time` plus the time of the event `setup` is QEMU's clock at the answer, in whole milliseconds, so
 * each answer is an exchange as in NTP.
 *
 * Not for: a socket that another client uses, such as the monitor of libvirt: use `libvirt` there.
 * Reference: QEMU, docs/interop/qmp-spec.rst and qapi/migration.json.
 */
import { ClockBounds } from '../../src/core/hypervisor/clock-bounds.js';
import { isFinal, qmpJob } from '../../src/core/hypervisor/qmp-job.js';
import type { JobReport } from '../../src/core/outcomes.js';
import { type Millis, toMicros } from '../../src/core/sample.js';
import type { HypervisorBackend, HypervisorPorts } from './backend.js';
import { addressOf, type QmpAddress } from './qmp-address.js';
import { type QmpAnswer, QmpClient, type QmpCommand, type QmpEvent, QmpRefusal } from './qmp-client.js';
import { QmpPace } from './qmp-pace.js';
import { QmpTransport } from './qmp-transport.js';
import { hasEvents, nameOf, statusIn } from './qmp-values.js';

/** `total-time` is cut to whole milliseconds, and begins within a fraction of one after the event `setup`. */
const TOTAL_TIME_ERROR_MS: Millis = 1.5;

/** The number of answers in a row after which a result that still changes is taken as it is. */
const MAX_ANSWERS = 20;
/** QEMU reports the end this much before its figures, or more. */
const FIGURES_MS: Millis = 2;

/** The events after which the state is queried at once. */
const WATCHED = ['STOP', 'RESUME', 'MIGRATION', 'SHUTDOWN', 'RESET', 'POWERDOWN'];

class QmpSession {
  private readonly client: QmpClient;
  private readonly clock = new ClockBounds();
  private readonly transport = new QmpTransport();
  private readonly pace = new QmpPace();
  /** Until `query-name` is answered. */
  private name: string | undefined;
  hasEvents = false;
  private timer: NodeJS.Timeout | undefined;
  private asking = false;
  askAgain = false;
  private stopped = false;
  private incoming = false;
  private job: Partial<JobReport> = {};
  /** The last result as text: it is reported once, and the result of a job before our time never. */
  private result: string | undefined;
  private unsure: string | undefined;
  private answers = 0;
  private isFirst = true;
  private setupAt: Millis | undefined;
  /** Events before the name was known. */
  private early: QmpEvent[] = [];

  constructor(
    address: QmpAddress,
    private readonly ports: HypervisorPorts,
  ) {
    this.client = new QmpClient(
      address,
      {
        now: () => ports.now(),
        event: event => this.event(event),
        ended: error => {
          this.end();
          ports.ended(error);
        },
      },
      () => void this.greeted(),
    );
  }

  async stop(): Promise<void> {
    this.end();
    await this.client.close();
  }

  private end(): void {
    this.stopped = true;
    this.pace.leave();
    clearTimeout(this.timer);
  }

  private async greeted(): Promise<void> {
    await this.ask('qmp_capabilities');
    const name = nameOf((await this.ask('query-name'))?.value);
    this.hasEvents = hasEvents((await this.ask('query-migrate-capabilities'))?.value);
    this.transport.takeMonitors((await this.ask('query-chardev'))?.value);
    // The state comes first: a guest that is just arriving shows in it only until it runs.
    this.incoming = statusIn(await this.ask('query-status')) === 'inmigrate';
    this.name = name;
    this.ports.domain({ name, macs: [], addresses: [] });
    for (const event of this.early.splice(0)) this.event(event);
    this.pollSoon();
  }

  /** Undefined if QEMU refuses the command, as an older one may. */
  private async ask(command: QmpCommand): Promise<QmpAnswer | undefined> {
    try {
      return await this.client.ask(command);
    } catch (error) {
      if (error instanceof QmpRefusal) return undefined;
      throw error;
    }
  }

  private event(event: QmpEvent): void {
    if (this.name === undefined) {
      if (this.early.length < 100) this.early.push(event);
      return;
    }
    const { hostAt, receivedAt, after } = event;
    this.clock.add(hostAt, after, receivedAt);
    if (!WATCHED.includes(event.event)) return;
    if (event.event === 'MIGRATION') this.phase(event);
    else
      this.report(receivedAt, receivedAt, {
        kind: 'domain',
        link: 'up',
        status: STATUS_AFTER[event.event] ?? this.status,
        event: event.event,
        eventAt: hostAt,
        ...this.offset(),
      });
    this.pollSoon();
  }

  private status = '';

  private phase({ data: { status }, hostAt }: QmpEvent): void {
    if (status === 'setup') this.setupAt = hostAt;
    this.hasEvents = true;
  }

  private offset() {
    const offset = this.clock.offsetAt(this.ports.now());
    return offset ? { offsetMs: toMicros(offset.offsetMs), errorMs: toMicros(offset.errorMs) } : {};
  }

  private pollSoon(): void {
    if (this.asking) this.askAgain = true;
    else void this.poll();
  }

  private async poll(): Promise<void> {
    clearTimeout(this.timer);
    this.asking = true;
    let turns = 0;
    do {
      this.askAgain = false;
      const migration = await this.ask('query-migrate');
      if (migration) await this.takeJob(migration);
      if (!this.isRunning || this.askAgain) this.takeStatus(await this.ask('query-status'));
      if (this.unsure !== undefined) await new Promise(done => setTimeout(done, FIGURES_MS));
    } while (this.askAgain && !this.stopped && ++turns < MAX_ANSWERS);
    this.asking = false;
    if (this.stopped) return;
    const pauseMs = this.pace.pauseMs(this.ports.now(), this);
    this.timer = setTimeout(() => void this.poll(), pauseMs);
  }

  get isRunning(): boolean {
    return this.job.status !== undefined && !isFinal(this.job.status);
  }

  private async takeJob({ value, sentAt, receivedAt }: QmpAnswer): Promise<void> {
    const job = qmpJob(value);
    const isFirst = this.isFirst;
    this.isFirst = false;
    if (!job) {
      this.job = {};
      this.unsure = undefined;
      return;
    }
    const result = isFinal(job.status) ? JSON.stringify(job) : undefined;
    const isKnown = result !== undefined && (isFirst || result === this.result);
    // QEMU reports the end a moment before the final figures: a result counts once two answers agree.
    const isSettled = result === this.unsure && job['total-time'] !== 0;
    if (result !== undefined && !isKnown && !isSettled && ++this.answers < MAX_ANSWERS) {
      this.unsure = result;
      this.askAgain = true;
      return;
    }
    this.unsure = undefined;
    this.answers = 0;
    if (result !== undefined) this.result = result;
    if (isKnown) return;
    const began = !this.isRunning;
    if (began && result === undefined)
      this.transport.begin((await this.ask('query-migrate-parameters'))?.value);
    this.transport.takeJob(value);
    this.follow(job['total-time'], result === undefined, sentAt, receivedAt);
    this.job = { ...job, direction: this.incoming ? 'incoming' : 'outgoing', ...this.transport.report() };
    this.report(sentAt, receivedAt, { kind: 'job', ...(this.job as JobReport) });
  }

  /** The clock of the hypervisor at an answer of a running migration. */
  private follow(totalMs: Millis | undefined, running: boolean, sentAt: Millis, receivedAt: Millis): void {
    if (!running || totalMs === undefined || this.setupAt === undefined) return;
    const theirs = this.setupAt + totalMs;
    this.clock.add(theirs, sentAt - TOTAL_TIME_ERROR_MS, receivedAt + TOTAL_TIME_ERROR_MS);
  }

  private takeStatus(answer: QmpAnswer | undefined): void {
    const status = statusIn(answer);
    if (!answer || status === undefined) return;
    this.status = status;
    // The guest of a destination may run before its migration is over.
    if (!this.isRunning && this.unsure === undefined) this.incoming = status === 'inmigrate';
    const { sentAt, receivedAt } = answer;
    this.report(sentAt, receivedAt, { kind: 'domain', link: 'up', status: this.status, ...this.offset() });
  }

  private report(at: Millis, knownAt: Millis, report: Parameters<HypervisorPorts['report']>[3]): void {
    if (!this.stopped) this.ports.report(this.name!, toMicros(at), toMicros(knownAt), report);
  }
}

const STATUS_AFTER: Readonly<Record<string, string>> = { STOP: 'paused', RESUME: 'running' };

export const qmp: HypervisorBackend = {
  name: 'qmp',
  summary: 'the monitor of one QEMU process: its state, its migrations, and its clock',
  form: 'qmp:/PATH or qmp:HOST:PORT, then =TARGET',
  needs: 'a QMP socket that no other client uses',
  single: true,
  socketOf: text => {
    const address = addressOf(text);
    return address && 'path' in address ? address.path : undefined;
  },
  checkAddress: address => {
    if (!addressOf(address)) throw new RangeError('a QMP address is /PATH or HOST:PORT');
  },
  check: async () => ({ allowed: true }),
  open: (address, ports) => new QmpSession(addressOf(address)!, ports),
};
