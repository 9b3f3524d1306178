import { setTimeout as sleep } from 'node:timers/promises';
import { isWitness } from '../../probes/index.js';
import type { Backend } from '../../probes/prober.js';
import { leastUsedSlot, staggered } from '../../probes/timing/schedule.js';
import { limitOf } from '../core/capabilities.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session-info.js';
import type { WatchPlan } from '../plan/plan.js';
import type { TargetSpec } from '../plan/targets.js';
import { Notices } from '../session/notices.js';
import { type ClockOrigin, clockOrigin, now, setHalted } from '../system/clock.js';
import { deferred } from '../system/deferred.js';
import { version } from '../system/version.js';
import { type ActiveTarget, answeringWitnesses, describe, type TargetRequest } from './active-target.js';
import { BackendGroups } from './backend-groups.js';
import { Backlog } from './backlog.js';
import type { LiveSamples } from './live-samples.js';
import { LOOKUP_INTERVAL_MS, lookUpSilentTargets } from './lookups.js';
import type { Address } from './resolve.js';
import { TargetDescriptions } from './target-descriptions.js';
import { TargetSetup } from './target-setup.js';

/** How long the first target waits until the names of the others are resolved. */
const NAMES_TIMEOUT_MS: Millis = 1500;
const LOOKING_UP = 'its name is being looked up';

/** Probers on a schedule: the source of a live session's samples. */
export class LiveSource implements LiveSamples {
  onTarget: ((change: TargetChange) => void) | undefined;
  private readonly origin: ClockOrigin;
  private readonly startedAt: Millis;
  /** In the order in which they were requested. */
  private readonly requests = new Map<TargetId, TargetRequest>();
  private readonly groups: BackendGroups;
  private readonly descriptions: TargetDescriptions;
  private readonly notices = new Notices();
  private deliver: (samples: readonly Sample[]) => void = () => {};
  private readonly backlog = new Backlog({
    take: samples => this.deliver(this.followAll(samples)),
    notice: text => this.notices.add(text),
    // Simulated time waits until its samples are judged; at a high speed they would pile up.
    waits: waiting => this.plan.speed !== 1 && setHalted(this.origin, waiting),
  });
  private watchdog: NodeJS.Timeout | undefined;
  private started = false;
  private stopped = false;

  private constructor(
    private readonly plan: WatchPlan,
    private readonly setup: TargetSetup,
  ) {
    this.origin = clockOrigin(plan.speed);
    this.startedAt = now(this.origin);
    this.descriptions = new TargetDescriptions(this.requests, plan.intervalMs);
    this.groups = new BackendGroups(backend => setup.companions(backend), {
      ...{ plan, origin: this.origin, now: () => this.now() },
      emit: samples => this.take(samples),
      notice: text => this.notices.add(text),
    });
    if (plan.speed !== 1) this.notices.add(`simulated time passes ${plan.speed} times as fast as yours`);
    this.sayWhatIsNotPermitted(plan.targets);
    plan.targets.forEach((spec, index) => {
      const phaseMs = staggered(index, plan.targets.length, plan.intervalMs);
      this.requests.set(spec.id, { spec, phaseMs, trouble: LOOKING_UP });
    });
  }

  /**
   * Resolves the names and chooses the backends; sends nothing yet. Targets that do not resolve now are tried again while
   * the others are watched. Rejects when no target can be watched.
   */
  static async prepare(plan: WatchPlan): Promise<LiveSource> {
    const source = new LiveSource(plan, await TargetSetup.of(plan));
    const first = deferred<void>();
    const all = [...source.requests.values()];
    const activations = all.map(async request => {
      if (await source.activate(request)) first.resolve();
      await source.settle(request, 'changed');
    });
    // A name server that is slow to refuse one name does not delay the other targets.
    await Promise.race([Promise.all(activations), first.promise.then(() => sleep(NAMES_TIMEOUT_MS))]);
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
    const targets = this.activeTargets();
    const used = [...new Set(targets.map(target => target.backend))];
    const of = (backend: Backend) => targets.filter(target => target.backend === backend);
    const errors = await Promise.all(used.map(backend => this.groups.probe(backend, of(backend))));
    if (errors.every(error => error !== undefined)) throw errors[0];
    const { family } = this.plan;
    const found = (target: ActiveTarget, address: Address) => this.moved(target, address);
    this.watchdog = setInterval(() => {
      lookUpSilentTargets(this.activeTargets(), this.now(), family, found);
      for (const target of this.activeTargets()) this.sayWhatIsMissing(target);
    }, 1000);
  }

  set onNotice(listener: ((text: string) => void) | undefined) {
    this.notices.onNotice = listener;
  }

  get onNotice() {
    return this.notices.onNotice;
  }

  now(): Millis {
    return now(this.origin);
  }

  info(): SessionInfo {
    const { targets, packetsPerSecond } = this.descriptions.at(this.now());
    return {
      version,
      startedAt: this.startedAt,
      intervalMs: this.plan.intervalMs,
      timeoutMs: this.plan.timeoutMs,
      packetsPerSecond,
      targets,
      notices: this.notices.texts,
    };
  }

  /** Starts to watch a target, in the least used slot of the interval. One that is watched already gets its new label. */
  async add(spec: TargetSpec): Promise<void> {
    const known = this.requests.get(spec.id);
    if (known) return this.rename(known, spec);
    this.sayWhatIsNotPermitted([spec]);
    const taken = [...this.requests.values()].map(({ phaseMs }) => phaseMs);
    const request = { spec, phaseMs: leastUsedSlot(taken, this.plan.intervalMs), trouble: LOOKING_UP };
    this.requests.set(spec.id, request);
    this.descriptions.invalidate();
    await this.activate(request);
    await this.settle(request, 'added');
  }

  /** Stops watching a target; false if it is not one of this source. Emits nothing about it afterwards. */
  remove(target: TargetId): boolean {
    const request = this.requests.get(target);
    if (!request) return false;
    this.requests.delete(target);
    const { active } = request;
    if (active) for (const prober of active.probers) prober.remove(active);
    this.notify(request, 'removed');
    return true;
  }

  async stop(): Promise<void> {
    if (!this.stopped) this.backlog.end();
    this.stopped = true;
    clearInterval(this.watchdog);
    await this.groups.stop();
  }

  private activeTargets(): ActiveTarget[] {
    return [...this.requests.values()].flatMap(({ active }) => active ?? []);
  }

  /** Resolves to true if the target can be probed now; otherwise `trouble` gets the reason. */
  private async activate(request: TargetRequest): Promise<boolean> {
    try {
      const notice = (text: string) => this.notices.add(text);
      request.active = await this.setup.start(request, () => this.now(), notice);
      return true;
    } catch (error) {
      request.trouble = (error as Error).message;
      return false;
    } finally {
      this.descriptions.invalidate();
    }
  }

  /** Starts to probe an active target; tries any other again later. */
  private async settle(request: TargetRequest, action: TargetChange['action']): Promise<void> {
    const { spec, active, trouble } = request;
    if (!this.isCurrent(request)) return;
    if (this.started || action === 'added') this.notify(request, action);
    if (!active) {
      this.notices.add(`${trouble}; trying again every ${LOOKUP_INTERVAL_MS / 1000} s`);
      this.retryLater(request);
    } else if (this.started) {
      if (action === 'changed') this.notices.add(`${spec.host} is ${active.address.address} now`);
      await this.groups.probe(active.backend, [active]);
    }
  }

  private retryLater(request: TargetRequest): void {
    const again = async () => {
      if (!this.isCurrent(request)) return;
      if (await this.activate(request)) await this.settle(request, 'changed');
      else this.retryLater(request);
    };
    setTimeout(again, LOOKUP_INTERVAL_MS).unref();
  }

  /** The target was not removed meanwhile, nor removed and added again. */
  private isCurrent(request: TargetRequest): boolean {
    return !this.stopped && this.requests.get(request.spec.id) === request;
  }

  private rename(request: TargetRequest, { name }: TargetSpec): void {
    if (request.spec.name === name) return;
    request.spec = { ...request.spec, name };
    if (request.active) request.active.spec = request.spec;
    this.notify(request, 'changed');
  }

  private take(samples: readonly Sample[]): void {
    if (!this.stopped) this.backlog.put(samples);
  }

  private followAll(samples: readonly Sample[]): Sample[] {
    const followed: Sample[] = [];
    for (const sample of samples) {
      const own = this.follow(sample);
      if (own) followed.push(own);
    }
    return followed;
  }

  /** Updates the target by its sample. Undefined for a target that was removed while the sample was on its way. */
  private follow(sample: Sample): Sample | undefined {
    const target = this.requests.get(sample.target)?.active;
    if (!target) return undefined;
    if (sample.outcome.kind === 'clock') {
      target.clockReadAt = sample.knownAt;
      target.clockTried = true;
    }
    if (isWitness(sample.probe)) return sample;
    const seq = sample.seq + target.firstSeq;
    target.nextSeq = Math.max(target.nextSeq, seq + 1);
    if (sample.outcome.kind === 'reply') target.lastReplyAt = sample.knownAt;
    return target.firstSeq === 0 ? sample : { ...sample, seq };
  }

  /** Names the witnesses that are not permitted, once there is a target that needs rights. */
  private sayWhatIsNotPermitted(specs: readonly TargetSpec[]): void {
    const { notice } = this.setup;
    if (!notice || this.notices.texts.includes(notice)) return;
    if (specs.some(({ scheme }) => scheme !== 'sim')) this.notices.add(notice);
  }

  /** Says once what can't be reported about a target that answers echoes and no request for its clock. */
  private sayWhatIsMissing(target: ActiveTarget): void {
    const { spec, witnesses, lastReplyAt, clockTried } = target;
    const time = this.now();
    const answering = answeringWitnesses(target, time);
    if (clockTried || !witnesses.includes('clock') || answering.includes('clock')) return;
    // A target that does not answer at all says nothing about its clock.
    if (time - lastReplyAt > 1000) return;
    target.clockTried = true;
    this.notices.add(
      `${spec.id} does not answer requests for its clock: ${limitOf(answering)}; try --probe clock:ntp, clock:http=URL or clock:tcp=PORT`,
    );
  }

  private moved(target: ActiveTarget, found: Address): void {
    const request = this.requests.get(target.spec.id);
    if (found.address === target.address.address || this.stopped || request?.active !== target) return;
    this.notices.add(`${target.spec.host} moved from ${target.address.address} to ${found.address}`);
    target.address = found;
    for (const prober of target.probers) prober.readdress(target);
    this.notify(request, 'changed');
  }

  private notify(request: TargetRequest, action: TargetChange['action']): void {
    this.descriptions.invalidate();
    const at = toMicros(this.now());
    this.onTarget?.({ at, action, info: describe(request, at) });
  }
}
