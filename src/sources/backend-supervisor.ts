import type { Backend, Prober } from '../../probes/prober.js';
import type { Millis, Sample } from '../core/sample.js';
import { defaultOptions } from '../core/validation/options.js';
import type { WatchPlan } from '../plan/plan.js';
import type { ClockOrigin } from '../system/clock.js';
import { type ActiveTarget, probeTarget, type TargetProber } from './active-target.js';
import { FIRST_PAUSE, longerPause, pauseAfter } from './backoff.js';

export interface BackendSupervisorPorts {
  plan: Pick<WatchPlan, 'intervalMs' | 'timeoutMs' | 'interface' | 'probes'>;
  origin: ClockOrigin;
  now(): Millis;
  emit(samples: readonly Sample[]): void;
  notice(text: string): void;
}

/** Keeps one backend open while it has targets, and opens it again whenever it fails. */
export class BackendSupervisor implements TargetProber {
  private readonly targets = new Set<ActiveTarget>();
  private prober: Prober | undefined;
  /** The backend is being opened, or waits to be opened again. */
  private opening = false;
  private stopped = false;
  private closed: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly backend: Backend,
    private readonly ports: BackendSupervisorPorts,
  ) {}

  /** Resolves with the error that kept the backend from opening, if any; it is tried again then. */
  async add(targets: readonly ActiveTarget[]): Promise<Error | undefined> {
    for (const target of targets) this.targets.add(target);
    if (this.prober) for (const target of targets) this.begin(this.prober, target);
    else if (!this.opening && !this.stopped) return this.open(FIRST_PAUSE);
    return undefined;
  }

  remove(target: ActiveTarget): void {
    this.targets.delete(target);
    this.prober?.remove(target.spec.id);
    if (this.targets.size === 0) this.close();
  }

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
      if (prober !== this.prober) return; // closed on purpose
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

  /** Applies what was added and removed while the prober was being opened. */
  private catchUp(prober: Prober, first: readonly ActiveTarget[]): void {
    const known = new Set(first);
    for (const target of first) if (!this.targets.has(target)) prober.remove(target.spec.id);
    for (const target of this.targets) if (!known.has(target)) this.begin(prober, target);
  }

  private begin(prober: Prober, target: ActiveTarget): void {
    try {
      prober.add(probeTarget(target));
    } catch (error) {
      this.ports.notice(`${target.spec.id} can't be probed: ${(error as Error).message}`);
    }
  }

  /** Opens a prober that failed again, after longer and longer pauses; sequence numbers continue. */
  private reopen(error: Error, waitMs: Millis): void {
    if (this.stopped) return;
    const { name } = this.backend;
    this.opening = true;
    this.ports.notice(`${name} failed: ${error.message}; opening it again in ${waitMs / 1000} s`);
    for (const target of this.targets) if (target.backend.name === name) target.firstSeq = target.nextSeq;
    setTimeout(() => {
      this.opening = false;
      if (!this.stopped && this.targets.size > 0) void this.open(longerPause(waitMs));
    }, waitMs).unref();
  }
}
