import { setTimeout as sleep } from 'node:timers/promises';
import { isWitness } from '../../probes/index.js';
import type { Backend, Prober, ProbeTarget } from '../../probes/prober.js';
import { stream } from '../../probes/stream.js';
import { deferred } from '../core/deferred.js';
import { defaultOptions } from '../core/options.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import { staggered } from '../core/schedule.js';
import type { SessionInfo, StreamInfo, TargetInfo } from '../core/session.js';
import type { WatchPlan } from '../plan.js';
import { type ClockOrigin, clockOrigin, now } from '../system/clock.js';
import { version } from '../system/version.js';
import type { TargetSpec } from '../targets.js';
import { BackendChooser } from './choose-backend.js';
import { type Address, resolve } from './resolve.js';
import { streamOf, Witnesses } from './witnesses.js';

/** A target with everything that was found out about it. */
interface Member {
  spec: TargetSpec;
  backend: Backend;
  address: Address;
  phaseMs: Millis;
  probers: Set<Prober>;
  /** Added to a prober's own count, so that `seq` goes on after a prober had to be opened anew. */
  firstSeq: number;
  nextSeq: number;
  lastReplyAt: Millis;
  lookedUpAt: Millis;
  witnesses: readonly string[];
  clockReadAt: Millis;
  stream: StreamInfo | undefined;
}

const SILENCE_BEFORE_LOOKUP: Millis = 5000;
const REOPEN_AFTER: Millis = 1000;
const NOTICES_KEPT = 50;
/** So long the first target waits for the names of the others. */
const PATIENCE_WITH_NAMES: Millis = 1500;
/** A prober that broke after this long had been fine: no need to be shy about opening it again. */
const RAN_WELL: Millis = 60_000;
/** A clock that was not read for this long is no witness. */
const CLOCK_SILENCE: Millis = 10_000;
const CLOCK_REQUESTS_A_SECOND = 50;

/** Probers on a schedule: the source of a live session's samples. */
export class LiveSource {
  private readonly origin: ClockOrigin = clockOrigin();
  private readonly startedAt = now(this.origin);
  private readonly members = new Map<TargetId, Member>();
  private readonly notices: string[] = [];
  private readonly probers = new Set<Prober>();
  private deliver: (samples: readonly Sample[]) => void = () => {};
  private watchdog: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;

  private constructor(
    private readonly plan: WatchPlan,
    private readonly chooser: BackendChooser,
    private readonly witnesses: Witnesses,
  ) {
    if (witnesses.notice && plan.targets.some(({ scheme }) => scheme !== 'sim'))
      this.notice(witnesses.notice);
  }

  /**
   * Resolves the names and chooses the backends; nothing is sent yet. Targets that do not resolve now are tried again
   * while the others are watched. Rejects when no target can be watched.
   */
  static async prepare(plan: WatchPlan): Promise<LiveSource> {
    const hostProbes = [...plan.probes.keys()].filter(probe => probe !== 'sim' && !isWitness(probe));
    const chooser = new BackendChooser(plan.backend, hostProbes);
    const source = new LiveSource(plan, chooser, await Witnesses.permitted(plan));
    const failures: Error[] = [];
    const someone = deferred<void>();
    const everyone = plan.targets.map(async (spec, index) => {
      try {
        const member = await source.admit(spec, source.phaseOf(index));
        someone.resolve();
        await source.join(member);
      } catch (error) {
        failures.push(error as Error);
        source.retryLater(spec, index, error as Error);
      }
    });
    // A name server that is slow to say no to one name does not hold up the others.
    await Promise.race([Promise.all(everyone), someone.promise.then(() => sleep(PATIENCE_WITH_NAMES))]);
    if (source.members.size > 0) return source;
    source.stopped = true;
    throw new Error([...new Set(failures.map(failure => failure.message))].join('\n'), {
      cause: failures[0],
    });
  }

  /**
   * Starts sending. Samples come in the order in which their outcomes were known. Rejects when no prober can be opened.
   */
  async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    this.deliver = deliver;
    this.started = true;
    const members = [...this.members.values()];
    const used = [...new Set(members.map(member => member.backend))];
    const of = (backend: Backend) => members.filter(member => member.backend === backend);
    const errors = await Promise.all(used.map(backend => this.openAll(backend, of(backend))));
    if (errors.every(error => error !== undefined)) throw errors[0];
    this.watchdog = setInterval(() => this.lookUpTheSilent(), 1000);
  }

  now(): Millis {
    return now(this.origin);
  }

  info(): SessionInfo {
    const members = this.plan.targets.flatMap(spec => this.members.get(spec.id) ?? []);
    return {
      version,
      startedAt: this.startedAt,
      intervalMs: this.plan.intervalMs,
      timeoutMs: this.plan.timeoutMs,
      packetsPerSecond: members.reduce((sum, member) => sum + this.packetsOf(member), 0),
      targets: members.map(member => describe(member, this.now())),
      notices: this.notices,
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.watchdog);
    await Promise.all([...this.probers].map(prober => prober.stop()));
  }

  /** Echoes a second, and the clock's requests between them. */
  private packetsOf({ witnesses }: Member): number {
    const echoes = 1000 / this.plan.intervalMs;
    return echoes + (witnesses.includes('clock') ? Math.min(echoes, CLOCK_REQUESTS_A_SECOND) : 0);
  }

  private async admit(spec: TargetSpec, phaseMs: Millis): Promise<Member> {
    const address = await resolve(spec, this.plan.family);
    const { backend, notices } = await this.chooser.for(spec, address.family);
    for (const notice of notices) this.notice(notice);
    const member = {
      spec,
      backend,
      address,
      phaseMs,
      firstSeq: 0,
      nextSeq: 0,
      lastReplyAt: this.now(),
      lookedUpAt: this.now(),
      witnesses: await this.witnesses.of(backend, address),
      clockReadAt: this.now(),
      stream: streamOf(spec, this.plan),
      probers: new Set<Prober>(),
    };
    this.members.set(spec.id, member);
    return member;
  }

  private phaseOf(index: number): Millis {
    return staggered(index, this.plan.targets.length, this.plan.intervalMs);
  }

  /** Probes a target that was admitted after the start. */
  private async join(member: Member): Promise<void> {
    if (!this.started || this.stopped) return;
    this.notice(`${member.spec.host} is ${member.address.address} now`);
    this.onTarget?.(describe(member, this.now()));
    await this.openAll(member.backend, [member]);
  }

  private retryLater(spec: TargetSpec, index: number, error: Error): void {
    this.notice(`${error.message}; trying again every ${SILENCE_BEFORE_LOOKUP / 1000} s`);
    const again = async () => {
      if (this.stopped) return;
      const member = await this.admit(spec, this.phaseOf(index)).catch(() => undefined);
      if (member) await this.join(member);
      else wait();
    };
    const wait = () => void setTimeout(again, SILENCE_BEFORE_LOOKUP).unref();
    wait();
  }

  /** The error that kept the backend itself from being opened, if any; its witnesses may fail. */
  private async openAll(backend: Backend, members: readonly Member[]): Promise<Error | undefined> {
    const viewed = members.filter(({ spec }) => spec.stream !== undefined);
    const [own] = await Promise.all([
      ...this.witnesses.beside(backend).map(each => this.open(each, members)),
      ...(viewed.length > 0 ? [this.open(stream, viewed)] : []),
    ]);
    return own;
  }

  /** Resolves with the error where it could not be opened; it is tried again then. */
  private async open(
    backend: Backend,
    members: readonly Member[],
    waitMs = REOPEN_AFTER,
  ): Promise<Error | undefined> {
    let prober: Prober | undefined;
    const openedAt = this.now();
    const failed = (error: Error) => {
      if (prober) this.forget(prober, members);
      const ranWell = this.now() - openedAt > RAN_WELL;
      this.reopen(backend, members, error, ranWell ? REOPEN_AFTER : waitMs);
    };
    const plan = {
      targets: members.map(probeTarget),
      intervalMs: this.plan.intervalMs,
      timeoutMs: this.plan.timeoutMs,
      ...(this.plan.interface !== undefined && { interface: this.plan.interface }),
      origin: this.origin,
      options: this.plan.probes.get(backend.probe) ?? defaultOptions(backend.options),
    };
    try {
      prober = await backend.open(plan, {
        emit: samples => this.take(samples),
        notice: text => this.notice(text),
        fail: failed,
      });
    } catch (error) {
      this.reopen(backend, members, error as Error, waitMs);
      return error as Error;
    }
    if (this.stopped) {
      await prober.stop();
      return undefined;
    }
    this.probers.add(prober);
    for (const member of members) member.probers.add(prober);
    return undefined;
  }

  private forget(prober: Prober, members: readonly Member[]): void {
    this.probers.delete(prober);
    for (const member of members) member.probers.delete(prober);
  }

  /** A prober that broke is opened anew, less and less eagerly, and the sequence goes on. */
  private reopen(backend: Backend, members: readonly Member[], error: Error, waitMs: Millis): void {
    if (this.stopped) return;
    this.notice(`${backend.name} failed: ${error.message}; opening it again in ${waitMs / 1000} s`);
    for (const member of members) if (member.backend.name === backend.name) member.firstSeq = member.nextSeq;
    setTimeout(() => {
      if (!this.stopped) void this.open(backend, members, Math.min(30_000, waitMs * 2));
    }, waitMs).unref();
  }

  private take(samples: readonly Sample[]): void {
    if (this.stopped) return;
    this.deliver(samples.map(sample => this.follow(sample)));
  }

  private follow(sample: Sample): Sample {
    const member = this.members.get(sample.target)!;
    if (sample.outcome.kind === 'clock') member.clockReadAt = sample.knownAt;
    if (isWitness(sample.probe)) return sample;
    const seq = sample.seq + member.firstSeq;
    member.nextSeq = Math.max(member.nextSeq, seq + 1);
    if (sample.outcome.kind === 'reply') member.lastReplyAt = sample.knownAt;
    return member.firstSeq === 0 ? sample : { ...sample, seq };
  }

  /** A host that stays silent may have moved to another address. */
  private lookUpTheSilent(): void {
    const time = this.now();
    for (const member of this.members.values()) {
      const { spec, lastReplyAt, lookedUpAt } = member;
      if (time - Math.max(lastReplyAt, lookedUpAt) < SILENCE_BEFORE_LOOKUP || spec.scheme === 'sim') continue;
      member.lookedUpAt = time;
      resolve(spec, this.plan.family).then(
        found => this.moved(member, found),
        () => {}, // it stays where it was, and is looked up again
      );
    }
  }

  private moved(member: Member, found: Address): void {
    if (found.address === member.address.address || this.stopped) return;
    this.notice(`${member.spec.host} moved from ${member.address.address} to ${found.address}`);
    member.address = found;
    for (const prober of member.probers) prober.readdress(member.spec.id, found.address, found.family);
    this.onTarget?.(describe(member, this.now()));
  }

  private notice(text: string): void {
    if (this.notices.at(-1) === text) return;
    this.notices.push(text);
    if (this.notices.length > NOTICES_KEPT) this.notices.shift();
    this.onNotice?.(text);
  }

  /** Called with each notice, for those who have no screen to show them on. */
  onNotice: ((text: string) => void) | undefined;

  /** Called with a target that came later, or has another address. */
  onTarget: ((info: TargetInfo) => void) | undefined;
}

function probeTarget({ spec, address, phaseMs }: Member): ProbeTarget {
  const { id, port, stream: url } = spec;
  return { id, ...address, ...(port !== undefined && { port }), ...(url !== undefined && { url }), phaseMs };
}

/** A guest that does not tell its clock is not said to. */
function describe(
  { spec, address, backend, witnesses, clockReadAt, stream }: Member,
  time: Millis,
): TargetInfo {
  const simulated = spec.scheme === 'sim';
  const clockSilent = time - clockReadAt > CLOCK_SILENCE;
  return {
    target: spec.id,
    name: spec.name,
    address: simulated ? 'simulated' : address.address,
    backend: backend.name,
    witnesses: [
      ...witnesses.filter(witness => witness !== 'clock' || !clockSilent),
      ...(stream ? ['stream'] : []),
    ],
    simulated,
    ...(stream && { stream }),
  };
}
