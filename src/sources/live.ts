import { setTimeout as sleep } from 'node:timers/promises';
import { isWitness } from '../../probes/index.js';
import type { Backend } from '../../probes/prober.js';
import { leastUsedSlot, staggered } from '../../probes/schedule.js';
import { stream } from '../../probes/stream.js';
import { deferred } from '../core/deferred.js';
import { getOrMake } from '../core/get-or-make.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session.js';
import type { WatchPlan } from '../plan/plan.js';
import type { TargetSpec } from '../plan/targets.js';
import { Notices } from '../session/notices.js';
import type { LiveSamples } from '../session/source.js';
import { type ClockOrigin, clockOrigin, now } from '../system/clock.js';
import { version } from '../system/version.js';
import { type ActiveTarget, describe, type TargetRequest } from './active-target.js';
import { BackendSupervisor, type BackendSupervisorPorts } from './backend-supervisor.js';
import { Backlog } from './backlog.js';
import { LOOKUP_INTERVAL_MS, lookUpSilentTargets } from './lookups.js';
import type { Address } from './resolve.js';
import { TargetSetup } from './target-setup.js';

/** So long the first target waits for the names of the others. */
const PATIENCE_WITH_NAMES: Millis = 1500;
const CLOCK_REQUESTS_A_SECOND = 50;
const LOOKING_UP = 'its name is being looked up';

/** Those who probe the targets of one backend: itself and what runs beside it, and who plays their streams. */
interface BackendGroup {
  companions: readonly BackendSupervisor[];
  viewer: BackendSupervisor;
}

/** Probers on a schedule: the source of a live session's samples. */
export class LiveSource implements LiveSamples {
  onTarget: ((change: TargetChange) => void) | undefined;
  private readonly origin: ClockOrigin;
  private readonly startedAt: Millis;
  /** In the order in which they were asked for. */
  private readonly requests = new Map<TargetId, TargetRequest>();
  private readonly groups = new Map<string, BackendGroup>();
  private readonly board = new Notices();
  private deliver: (samples: readonly Sample[]) => void = () => {};
  private readonly backlog = new Backlog({
    take: samples => this.deliver(samples.flatMap(sample => this.follow(sample) ?? [])),
    say: text => this.board.add(text),
  });
  private watchdog: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;

  private constructor(
    private readonly plan: WatchPlan,
    private readonly admission: TargetSetup,
  ) {
    this.origin = clockOrigin(plan.speed);
    this.startedAt = now(this.origin);
    if (plan.speed !== 1) this.board.add(`simulated time passes ${plan.speed} times as fast as yours`);
    if (admission.notice && plan.targets.some(({ scheme }) => scheme !== 'sim'))
      this.board.add(admission.notice);
    plan.targets.forEach((spec, index) => {
      const phaseMs = staggered(index, plan.targets.length, plan.intervalMs);
      this.requests.set(spec.id, { spec, phaseMs, trouble: LOOKING_UP });
    });
  }

  /**
   * Resolves the names and chooses the backends; nothing is sent yet. Targets that do not resolve now are tried again
   * while the others are watched. Rejects when no target can be watched.
   */
  static async prepare(plan: WatchPlan): Promise<LiveSource> {
    const source = new LiveSource(plan, await TargetSetup.of(plan));
    const someone = deferred<void>();
    const all = [...source.requests.values()];
    const everyone = all.map(async asked => {
      if (await source.admit(asked)) someone.resolve();
      await source.settle(asked, 'changed');
    });
    // A name server that is slow to say no to one name does not hold up the others.
    await Promise.race([Promise.all(everyone), someone.promise.then(() => sleep(PATIENCE_WITH_NAMES))]);
    if (source.activeTargets().length > 0) return source;
    source.stopped = true;
    throw new Error([...new Set(all.map(({ trouble }) => trouble))].join('\n'));
  }

  /**
   * Starts sending. Samples come in the order in which their outcomes were known. Rejects when no prober can be opened.
   */
  async start(deliver: (samples: readonly Sample[]) => void): Promise<void> {
    this.deliver = deliver;
    this.started = true;
    const members = this.activeTargets();
    const used = [...new Set(members.map(member => member.backend))];
    const of = (backend: Backend) => members.filter(member => member.backend === backend);
    const errors = await Promise.all(used.map(backend => this.probe(backend, of(backend))));
    if (errors.every(error => error !== undefined)) throw errors[0];
    const { family } = this.plan;
    const found = (member: ActiveTarget, address: Address) => this.moved(member, address);
    this.watchdog = setInterval(
      () => lookUpSilentTargets(this.activeTargets(), this.now(), family, found),
      1000,
    );
  }

  set onNotice(told: ((text: string) => void) | undefined) {
    this.board.onNotice = told;
  }

  get onNotice() {
    return this.board.onNotice;
  }

  now(): Millis {
    return now(this.origin);
  }

  info(): SessionInfo {
    const time = this.now();
    return {
      version,
      startedAt: this.startedAt,
      intervalMs: this.plan.intervalMs,
      timeoutMs: this.plan.timeoutMs,
      packetsPerSecond: this.activeTargets().reduce((sum, member) => sum + this.packetsOf(member), 0),
      targets: [...this.requests.values()].map(asked => describe(asked, time)),
      notices: this.board.texts,
    };
  }

  /** Watches one target more, in a slot of the interval that is used least. One that is watched gets its new label. */
  async add(spec: TargetSpec): Promise<void> {
    const known = this.requests.get(spec.id);
    if (known) return this.rename(known, spec);
    const taken = [...this.requests.values()].map(({ phaseMs }) => phaseMs);
    const asked = { spec, phaseMs: leastUsedSlot(taken, this.plan.intervalMs), trouble: LOOKING_UP };
    this.requests.set(spec.id, asked);
    await this.admit(asked);
    await this.settle(asked, 'added');
  }

  /** Watches a target no more; false where it is none of ours. Nothing is said of it afterwards. */
  remove(target: TargetId): boolean {
    const asked = this.requests.get(target);
    if (!asked) return false;
    this.requests.delete(target);
    const { member } = asked;
    if (member) for (const holder of member.supervisors) holder.remove(member);
    this.notify(asked, 'removed');
    return true;
  }

  async stop(): Promise<void> {
    if (!this.stopped) this.backlog.end();
    this.stopped = true;
    clearInterval(this.watchdog);
    const holders = [...this.groups.values()].flatMap(({ companions: beside, viewer }) => [
      ...beside,
      viewer,
    ]);
    await Promise.all(holders.map(holder => holder.stop()));
  }

  private activeTargets(): ActiveTarget[] {
    return [...this.requests.values()].flatMap(({ member }) => member ?? []);
  }

  /** Echoes a second, and the clock's requests between them. */
  private packetsOf({ witnesses }: ActiveTarget): number {
    const echoes = 1000 / this.plan.intervalMs;
    return echoes + (witnesses.includes('clock') ? Math.min(echoes, CLOCK_REQUESTS_A_SECOND) : 0);
  }

  /** Whether it can be probed now; why not stands in its trouble. */
  private async admit(asked: TargetRequest): Promise<boolean> {
    try {
      const notice = (text: string) => this.board.add(text);
      asked.member = await this.admission.start(asked, () => this.now(), notice);
      return true;
    } catch (error) {
      asked.trouble = (error as Error).message;
      return false;
    }
  }

  /** What comes of having tried: it is probed, or tried again. */
  private async settle(asked: TargetRequest, action: TargetChange['action']): Promise<void> {
    const { spec, member, trouble } = asked;
    if (!this.expects(asked)) return;
    if (this.started || action === 'added') this.notify(asked, action);
    if (!member) {
      this.board.add(`${trouble}; trying again every ${LOOKUP_INTERVAL_MS / 1000} s`);
      this.tryLater(asked);
    } else if (this.started) {
      if (action === 'changed') this.board.add(`${spec.host} is ${member.address.address} now`);
      await this.probe(member.backend, [member]);
    }
  }

  private tryLater(asked: TargetRequest): void {
    const again = async () => {
      if (!this.expects(asked)) return;
      if (await this.admit(asked)) await this.settle(asked, 'changed');
      else this.tryLater(asked);
    };
    setTimeout(again, LOOKUP_INTERVAL_MS).unref();
  }

  /** It was not removed meanwhile, nor removed and added anew. */
  private expects(asked: TargetRequest): boolean {
    return !this.stopped && this.requests.get(asked.spec.id) === asked;
  }

  private rename(asked: TargetRequest, { name }: TargetSpec): void {
    if (asked.spec.name === name) return;
    asked.spec = { ...asked.spec, name };
    if (asked.member) asked.member.spec = asked.spec;
    this.notify(asked, 'changed');
  }

  /** The error that kept the backend itself from being opened, if any; its witnesses may fail. */
  private async probe(backend: Backend, members: readonly ActiveTarget[]): Promise<Error | undefined> {
    const { companions: beside, viewer } = this.groupOf(backend);
    const viewed = members.filter(({ spec }) => spec.stream !== undefined);
    for (const member of members) member.supervisors = viewed.includes(member) ? [...beside, viewer] : beside;
    const [own] = await Promise.all([
      ...beside.map(holder => holder.add(members)),
      ...(viewed.length > 0 ? [viewer.add(viewed)] : []),
    ]);
    return own;
  }

  private groupOf(backend: Backend): BackendGroup {
    const ports: BackendSupervisorPorts = {
      ...{ plan: this.plan, origin: this.origin, now: () => this.now() },
      emit: samples => this.take(samples),
      notice: text => this.board.add(text),
    };
    return getOrMake(this.groups, backend.name, () => ({
      companions: this.admission.companions(backend).map(each => new BackendSupervisor(each, ports)),
      viewer: new BackendSupervisor(stream, ports),
    }));
  }

  private take(samples: readonly Sample[]): void {
    if (!this.stopped) this.backlog.put(samples);
  }

  /** Undefined for a target that was removed while its last samples were under way. */
  private follow(sample: Sample): Sample | undefined {
    const member = this.requests.get(sample.target)?.member;
    if (!member) return undefined;
    if (sample.outcome.kind === 'clock') member.clockReadAt = sample.knownAt;
    if (isWitness(sample.probe)) return sample;
    const seq = sample.seq + member.firstSeq;
    member.nextSeq = Math.max(member.nextSeq, seq + 1);
    if (sample.outcome.kind === 'reply') member.lastReplyAt = sample.knownAt;
    return member.firstSeq === 0 ? sample : { ...sample, seq };
  }

  private moved(member: ActiveTarget, found: Address): void {
    const asked = this.requests.get(member.spec.id);
    if (found.address === member.address.address || this.stopped || asked?.member !== member) return;
    this.board.add(`${member.spec.host} moved from ${member.address.address} to ${found.address}`);
    member.address = found;
    for (const holder of member.supervisors) holder.readdress(member);
    this.notify(asked, 'changed');
  }

  private notify(asked: TargetRequest, action: TargetChange['action']): void {
    const at = toMicros(this.now());
    this.onTarget?.({ at, action, info: describe(asked, at) });
  }
}
