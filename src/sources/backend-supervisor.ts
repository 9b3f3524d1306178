import type { Backend, Prober } from '../../probes/prober.js';
import { defaultOptions } from '../core/options.js';
import type { Millis, Sample } from '../core/sample.js';
import type { WatchPlan } from '../plan/plan.js';
import type { ClockOrigin } from '../system/clock.js';
import { type ActiveTarget, probeTarget } from './active-target.js';
import { FIRST_PAUSE, longerPause, pauseAfter } from './backoff.js';

export interface BackendSupervisorPorts {
  plan: Pick<WatchPlan, 'intervalMs' | 'timeoutMs' | 'interface' | 'probes'>;
  origin: ClockOrigin;
  now(): Millis;
  emit(samples: readonly Sample[]): void;
  notice(text: string): void;
}

/** One backend with those it probes: open while there are any, and opened anew whenever it breaks. */
export class BackendSupervisor {
  private readonly targets = new Set<ActiveTarget>();
  private prober: Prober | undefined;
  /** It is being opened, or waits to be opened again. */
  private opening = false;
  private stopped = false;
  private closed: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly backend: Backend,
    private readonly ports: BackendSupervisorPorts,
  ) {}

  /** Resolves with the error that kept the backend from being opened for them, if any; it is tried again then. */
  async add(members: readonly ActiveTarget[]): Promise<Error | undefined> {
    for (const member of members) this.targets.add(member);
    if (this.prober) for (const member of members) this.begin(this.prober, member);
    else if (!this.opening && !this.stopped) return this.open(FIRST_PAUSE);
    return undefined;
  }

  remove(member: ActiveTarget): void {
    this.targets.delete(member);
    this.prober?.remove(member.spec.id);
    if (this.targets.size === 0) this.close();
  }

  /** The member has another address now. */
  readdress({ spec, address }: ActiveTarget): void {
    this.prober?.readdress(spec.id, address.address, address.family);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.close();
    await this.closed;
  }

  private close(): void {
    const { prober } = this;
    this.prober = undefined;
    if (prober) this.closed = Promise.all([this.closed, prober.stop()]);
  }

  private async open(waitMs: Millis): Promise<Error | undefined> {
    this.opening = true;
    const { plan, origin, emit, notice, now } = this.ports;
    const openedAt = now();
    const first = [...this.targets];
    let prober: Prober | undefined;
    let broken = false;
    const fail = (error: Error) => {
      broken = true;
      if (prober !== this.prober) return; // it was closed by us
      this.prober = undefined;
      this.reopen(error, pauseAfter(now() - openedAt, waitMs));
    };
    try {
      prober = await this.backend.open(
        {
          targets: first.map(probeTarget),
          intervalMs: plan.intervalMs,
          timeoutMs: plan.timeoutMs,
          ...(plan.interface !== undefined && { interface: plan.interface }),
          origin,
          options: plan.probes.get(this.backend.probe) ?? defaultOptions(this.backend.options),
        },
        { emit, notice, fail },
      );
    } catch (error) {
      this.reopen(error as Error, waitMs);
      return error as Error;
    }
    if (broken) return undefined;
    this.opening = false;
    this.prober = prober;
    if (this.stopped || this.targets.size === 0) this.close();
    else this.catchUp(prober, first);
    return undefined;
  }

  /** Who left and who joined while it was being opened. */
  private catchUp(prober: Prober, first: readonly ActiveTarget[]): void {
    const known = new Set(first);
    for (const member of first) if (!this.targets.has(member)) prober.remove(member.spec.id);
    for (const member of this.targets) if (!known.has(member)) this.begin(prober, member);
  }

  private begin(prober: Prober, member: ActiveTarget): void {
    try {
      prober.add(probeTarget(member));
    } catch (error) {
      this.ports.notice(`${member.spec.id} can't be probed: ${(error as Error).message}`);
    }
  }

  /** A prober that broke is opened anew, less and less eagerly, and the sequence goes on. */
  private reopen(error: Error, waitMs: Millis): void {
    if (this.stopped) return;
    const { name } = this.backend;
    this.opening = true;
    this.ports.notice(`${name} failed: ${error.message}; opening it again in ${waitMs / 1000} s`);
    for (const member of this.targets) if (member.backend.name === name) member.firstSeq = member.nextSeq;
    setTimeout(() => {
      this.opening = false;
      if (!this.stopped && this.targets.size > 0) void this.open(longerPause(waitMs));
    }, waitMs).unref();
  }
}
