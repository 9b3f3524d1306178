import type { ClockStep } from '../clock/track.js';
import { lightOf, type MigrationEvent } from '../event.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import { type Json, named, type Stateful } from '../validation/saved-state.js';
import type { NamedVerdict } from '../verdict.js';
import { type Changes, changesOf, type JudgeContext, UNCHANGED } from './context.js';
import type { Disturbance } from './disturbance.js';
import { APART_MS, Disturbances } from './disturbances.js';
import type { Level } from './echo-history.js';
import type { Echo, Gap } from './echo-runs.js';
import type { Alarm } from './evidence.js';
import type { ClockEvidence, Features } from './features.js';
import { TrafficLight } from './light.js';
import {
  describe,
  endOf,
  isGhostSuspected,
  isSure,
  newEvent,
  type OpenEvent,
  standstillEnd,
} from './open-event.js';
import type { Peer, TimeSpan } from './peers.js';
import { decide, type Rule, wordsOf } from './rules.js';
import { type Reply, Signs } from './signs.js';
import { Viewer } from './viewer.js';
import { MAX_MOVES, WATCH_STATE } from './watch-state.js';

/** How much longer an event stays open while the clock has not been read yet: after a long silence it is read once a second. */
const CLOCK_MS: Millis = 1500;
/** A slow level that lasts longer than this becomes the usual level. */
const ACCEPT_MS: Millis = 5000;
/** How often an open event is judged again while it only gets longer; after ten seconds less often, by this share of its length. */
const LENGTHENING_MS: Millis = 250;
const LENGTHENING_SHARE = 1 / 40;
/** A clock that fell behind by less did not stand still. */
const MIN_STANDSTILL_MS: Millis = 5;

/** Follows one target: opens an event when a detector alarms, judges it again with new evidence, and ends it. */
export class TargetWatch implements Peer, Stateful {
  readonly simulated: boolean;
  private readonly signs: Signs;
  private readonly disturbances: Disturbances;
  private readonly light: TrafficLight;
  private readonly viewer = new Viewer();
  /** The round trips' level before the disturbance. */
  private usual: Level | undefined;
  /** When former standstills ended. */
  private moves: Millis[] = [];
  /** The previous event ended here, because the next one followed at once. */
  private splitAt: Millis = -Infinity;
  private event: OpenEvent | undefined;
  private lastAlarmAt: Millis = -Infinity;
  /** The last move of the path that was judged. */
  private movedAt: Millis = -Infinity;
  private judgedAt: Millis = -Infinity;

  constructor(
    private readonly target: TargetId,
    readonly probe: string,
    holdMs: Millis,
    private readonly context: JudgeContext,
  ) {
    this.simulated = probe === 'sim';
    this.light = new TrafficLight(target, holdMs);
    this.signs = new Signs(context);
    this.disturbances = new Disturbances(this.signs.echoes);
  }

  get clockStep(): ClockStep | undefined {
    return this.signs.clockStep;
  }

  get hasClock(): boolean {
    return this.signs.hasClock;
  }

  disturbedThrough(span: TimeSpan): boolean {
    return this.disturbances.hadBadEchoesThrough(span);
  }

  aliveBefore(moment: Millis): boolean {
    return this.signs.aliveBefore(moment);
  }

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    const { outcome, knownAt: now } = sample;
    // A viewer's report describes how an event was noticed; it is not evidence of the cause.
    if (outcome.kind === 'playback') return changesOf([this.viewer.observe(now, outcome)]);
    this.take(sample);
    const settled = this.applyVerdicts(verdicts, now) ?? this.applyMove(now);
    const former = outcome.kind === 'clock' ? this.split(now, verdicts) : undefined;
    const changed = this.event && this.isWorthJudging(sample) ? this.judge(now) : undefined;
    const { current } = this.disturbances;
    if (!this.event && current && now - current.lastBadAt > this.signs.settleMs) this.end();
    const light = this.light.update(now);
    return settled || former || changed || light ? changesOf([settled, former, changed], light) : UNCHANGED;
  }

  save(): Json {
    const { event, lastAlarmAt, judgedAt, usual, moves, splitAt } = this;
    return WATCH_STATE.save({
      ...this.signs.save(),
      ...this.disturbances.save(),
      ...{ light: this.light.save(), viewer: this.viewer.save() },
      ...{ event, lastAlarmAt, judgedAt, usual, moves, splitAt },
    });
  }

  load(saved: Json): void {
    const state = WATCH_STATE.load(saved);
    this.signs.load(state);
    for (const name of ['light', 'viewer'] as const) named(name, () => this[name].load(state[name]));
    this.disturbances.load(state);
    this.usual = state.usual;
    this.moves = state.moves;
    this.splitAt = state.splitAt;
    this.event = state.event;
    this.lastAlarmAt = state.lastAlarmAt;
    this.judgedAt = state.judgedAt;
    this.movedAt = state.moved?.at ?? -Infinity;
  }

  /**
   * One more missing echo only lengthens what is known, one more ordinary reply after a recovery changes nothing, and
   * where no echo is bad, one more sign of life changes little: these are looked at now and then, and when the event may
   * be over.
   */
  private isWorthJudging({ outcome, at, knownAt }: Sample): boolean {
    const { event, judgedAt } = this;
    const { current } = this.disturbances;
    if (!event?.rule || !current) return true;
    const isLonger = outcome.kind === 'lost' || outcome.kind === 'overdue';
    const isOrdinary = outcome.kind === 'reply' && at === this.signs.lastGoodAt;
    const isNews = current.hasBadEchoes && !isLonger && !(isOrdinary && event.recovered && !event.rule.waits);
    const quietAt = this.quietSince(current) + this.signs.settleMs;
    if (isNews || (judgedAt < quietAt && knownAt >= quietAt)) return true;
    const length = knownAt - current.startedAt;
    return knownAt - judgedAt >= Math.max(LENGTHENING_MS, LENGTHENING_SHARE * length);
  }

  private take(sample: Sample): void {
    const { outcome, at, seq } = sample;
    if (outcome.kind === 'reply') this.answered(sample, outcome);
    else if (outcome.kind === 'overdue' || outcome.kind === 'lost') this.bad({ seq, at, status: 'missing' });
    else this.signs.observe(sample);
    if (outcome.kind === 'unsent' && !this.event) this.light.raise('amber', this.signs.unsent.why);
  }

  private answered(sample: Sample, outcome: Reply): void {
    const { seq, at, knownAt: now } = sample;
    const { rttMs } = outcome;
    const isSlow = this.signs.answered(sample, outcome);
    const { echoes, unsent } = this.signs;
    if (!echoes.answered) this.light.clear('amber');
    if (isSlow) {
      this.bad({ seq, at, status: 'slow', rttMs });
      const { current } = this.disturbances;
      if (current && now - current.startedAt > ACCEPT_MS) echoes.add(seq, at, rttMs);
      return;
    }
    this.signs.addGood(seq, at, rttMs);
    if (unsent.count > 0 && !this.event) {
      this.light.raise('amber', unsent.why, now);
      this.signs.forgetUnsent();
    }
    if (this.disturbances.current) this.disturbances.addGood({ seq, at, status: 'good', rttMs });
  }

  private bad(echo: Echo): void {
    if (this.signs.echoes.answered) this.disturbances.addBad(echo, this.event?.stoodStillUntil);
    else this.light.raise('amber', 'has not answered yet');
  }

  /**
   * Opens an event when a detector alarms, and stores the reason of each detector. Returns the previous event if it
   * was waiting for the viewers' reports.
   */
  private applyVerdicts(verdicts: readonly NamedVerdict[], now: Millis): MigrationEvent | undefined {
    let settled: MigrationEvent | undefined;
    for (const { detector, verdict } of verdicts) {
      if (verdict.state !== 'alarm' || !this.signs.echoes.answered || !this.counts(detector)) continue;
      this.lastAlarmAt = now;
      const { startedAt } = this.disturbances.currentOrFrom(this.signs.lastGoodAt);
      if (!this.event) settled = this.open(startedAt, now);
      const { alarms } = this.event!;
      if (!alarms.has(detector)) alarms.set(detector, verdict.why);
    }
    return settled;
  }

  /** Opens an event when the path's round trips moved for good: detectors see disturbances that pass. */
  private applyMove(now: Millis): MigrationEvent | undefined {
    const { moved } = this.signs;
    if (!moved || moved.at <= this.movedAt) return undefined;
    this.movedAt = moved.at;
    this.lastAlarmAt = now;
    const { startedAt } = this.disturbances.currentOrFrom(moved.at);
    return this.event ? undefined : this.open(startedAt, now);
  }

  /** Opens an event. Returns the previous one if it was waiting for the viewers' reports. */
  private open(startedAt: Millis, now: Millis): MigrationEvent | undefined {
    this.event = newEvent(this.context.nextEventId(), now);
    this.usual = this.signs.levelBefore(startedAt);
    return this.viewer.begin(startedAt);
  }

  /** Until enough replies were seen, unusual round trips open no event: what is usual is not known yet. */
  private counts(detector: string): boolean {
    if (this.signs.echoes.learned || this.event || this.disturbances.current?.hasMissing) return true;
    return this.context.witnessOf(detector) !== 'echo';
  }

  /**
   * Ends the event of a standstill when the clock shows another one, well after it, and opens the next. Returns the
   * former one.
   */
  private split(now: Millis, verdicts: readonly NamedVerdict[]): MigrationEvent | undefined {
    const { event } = this;
    const step = this.clockStep;
    if (!this.disturbances.current || event?.stoodStillUntil === undefined || !step) return undefined;
    if (step.stepMs > -MIN_STANDSTILL_MS || step.from < event.stoodStillUntil + APART_MS) return undefined;
    const former = this.judge(now, step.from);
    this.splitAt = step.from;
    this.disturbances.latestFrom(step.from);
    this.applyVerdicts(verdicts, now);
    return former;
  }

  /**
   * The target stood still, answered again, and was silent once more, for longer. What was seen of the standstill holds,
   * whatever the silence turns out to be: that is an event of its own.
   */
  private isSilentAgain({ stoodStillUntil }: OpenEvent, { gap }: Features): boolean {
    if (stoodStillUntil === undefined || !gap?.before) return false;
    return gap.before.at > stoodStillUntil && this.disturbances.nextSilenceAt === undefined;
  }

  /** Ends the event of a standstill before a silence that has lasted since, and begins the next. Returns the former. */
  private splitBefore({ first }: Gap, now: Millis): MigrationEvent | undefined {
    this.disturbances.cutFrom(first);
    const former = this.judge(now, first.at);
    this.splitAt = first.at;
    return former;
  }

  /** Judges the open event again; returns it if anything changed. With `until`, it is over then. */
  private judge(now: Millis, until: Millis = Infinity): MigrationEvent | undefined {
    const { event } = this;
    const disturbance = this.disturbances.current;
    if (!event || !disturbance) return undefined;
    this.judgedAt = now;
    const found = this.features(event, disturbance, now, until);
    if (this.isSilentAgain(event, found))
      return found.gapEnded || found.gapMs > this.signs.settleMs
        ? this.splitBefore(found.gap!, now)
        : undefined;
    const decision = decide(found);
    const rule = isSure(event, now, this.signs.settleMs) ? event.rule! : decision.rule;
    if (rule === decision.rule) event.confidence = decision.confidence;
    event.recovered = found.recovered && (found.gapEnded || !found.gap);
    const isSettled = this.isOver(disturbance, found.clock, now);
    const over = until < Infinity || (isSettled && !isGhostSuspected(rule, disturbance, this.clockStep, now));
    const news = rule !== event.rule || found.gapEnded !== event.gapEnded || over;
    if (!news) return undefined;
    if (rule !== event.rule) event.ruledAt = now;
    event.rule = rule;
    event.gapEnded = found.gapEnded;
    event.stoodStillUntil = standstillEnd(rule, found);
    const endedAt = over ? endOf(rule, disturbance, this.clockStep) : undefined;
    const why = wordsOf(rule, found);
    this.show(event, rule, why, endedAt);
    const { echoes } = this.signs;
    if (over && rule.kind === 'path-change') echoes.learnAgain(disturbance.startedAt);
    if (over) this.end(event.stoodStillUntil);
    const alarms = this.alarmsOf(event);
    const judged = { found, weighed: decision.weighed, why, alarms, typicalMs: echoes.typicalMs, endedAt };
    return this.viewer.reportedAt(describe(this.target, event, disturbance, judged));
  }

  private show(event: OpenEvent, rule: Rule, why: string, endedAt: Millis | undefined): void {
    const light = lightOf(rule);
    if (event.light && event.light !== light) this.light.clear(event.light);
    event.light = light;
    // A planned move is shown while it lasts and is not held: red is for unexpected moves.
    if (rule.red && rule.kind !== 'ghost' && this.context.expects(event.id))
      this.light.raise(light, `expected: ${why}`, endedAt, 0);
    else this.light.raise(light, why, endedAt);
  }

  private features(event: OpenEvent, disturbance: Disturbance, now: Millis, until: Millis): Features {
    const { usual, moves, splitAt } = this;
    const isMoved = this.movedAt >= disturbance.startedAt;
    const echoAlarm = isMoved || this.alarmsOf(event).some(({ witness }) => witness === 'echo');
    return this.signs.features(disturbance, { usual, moves, splitAt, until, echoAlarm, now });
  }

  private alarmsOf({ alarms }: OpenEvent): Alarm[] {
    return [...alarms].map(([detector, why]) => {
      return { detector, witness: this.context.witnessOf(detector), why };
    });
  }

  private isOver(disturbance: Disturbance, clock: ClockEvidence, now: Millis): boolean {
    const { lastGoodAt, settleMs } = this.signs;
    const answeredSince = lastGoodAt > disturbance.lastBadAt;
    const dueMs = settleMs + (clock.state === 'waiting' ? CLOCK_MS : 0);
    return answeredSince && now - this.quietSince(disturbance) >= dueMs;
  }

  private quietSince({ lastBadAt }: Disturbance): Millis {
    return Math.max(lastBadAt, Math.min(this.lastAlarmAt, this.disturbances.nextSilenceAt ?? Infinity));
  }

  /** Ends the event and its disturbance, and keeps when a standstill ended. */
  private end(stoodStillUntil?: Millis): void {
    this.disturbances.end();
    this.event = undefined;
    this.signs.forgetUnsent();
    if (stoodStillUntil === undefined) return;
    this.moves.push(stoodStillUntil);
    if (this.moves.length > MAX_MOVES) this.moves.shift();
  }
}
