import type { ClockStep } from '../clock/track.js';
import { lightOf, type MigrationEvent } from '../event.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import {
  count,
  duration,
  expectState,
  inner,
  type Json,
  list,
  moment,
  momentOrNever,
  named,
  object,
  optional,
  part,
  type Stateful,
  text,
  truth,
} from '../validation/saved-state.js';
import type { NamedVerdict } from '../verdict.js';
import { Announcements } from './announcements.js';
import { clockFeatures } from './clock-evidence.js';
import { type Changes, changesOf, type JudgeContext, UNCHANGED } from './context.js';
import { Disturbance, type Echo } from './disturbance.js';
import { EchoHistory } from './echo-history.js';
import { type ClockEvidence, extractFeatures, type Features, type UsualLevel } from './features.js';
import type { GuestClock } from './guest-clock.js';
import { GuestClocks } from './guest-clocks.js';
import { TrafficLight } from './light.js';
import { describe, endOf, isGhostSuspected, isSure, OPEN_EVENT, type OpenEvent } from './open-event.js';
import { type Level, levelBefore, MIN_REPLIES, movedLevel, PathSigns } from './path-signs.js';
import type { Peer, TimeSpan } from './peers.js';
import { decide, type Rule, wordsOf } from './rules.js';
import { Viewer } from './viewer.js';

const SETTLE_MS: Millis = 1000;
/** How much longer an event stays open while the clock has not been read yet: after a long silence it is read once a second. */
const CLOCK_MS: Millis = 1500;
/** A slow level that lasts longer than this becomes the usual level. */
const ACCEPT_MS: Millis = 5000;
/** How often an open event is judged again while it only gets longer; after ten seconds less often, by this share of its length. */
const LENGTHENING_MS: Millis = 250;
const LENGTHENING_SHARE = 1 / 40;
const LEAD_IN = 8;
/** After a standstill, echoes that are bad so much later may belong to the next one: QEMU's announcements take 0.8 s. */
const APART_MS: Millis = 600;
/** Ends of former standstills that are kept: a move leaves a copy, which may come back as a ghost. */
const MAX_MOVES = 8;
/** A clock that fell behind by less did not stand still. */
const MIN_STANDSTILL_MS: Millis = 5;
const ALIVE_MS: Millis = 10_000;

/** Probes that could not be sent. */
interface Unsent {
  count: number;
  at: Millis;
  why: string;
}

const STATE = part<{
  memory: Json;
  light: Json;
  spacing: Json;
  clocks: Json;
  announcements: Json;
  path: Json;
  viewer: Json;
  episode: Json | undefined;
  latest: Json | undefined;
  isLatest: boolean;
  next: Json | undefined;
  usual: Level | undefined;
  moves: Millis[];
  splitAt: Millis;
  event: OpenEvent | undefined;
  lastSentAt: Millis | undefined;
  lastGoodAt: Millis;
  lastAlarmAt: Millis;
  judgedUntil: Millis;
  judgedAt: Millis;
  unsent: Unsent;
}>(2, {
  memory: inner,
  light: inner,
  spacing: inner,
  clocks: inner,
  announcements: inner,
  path: inner,
  viewer: inner,
  episode: optional(inner),
  latest: optional(inner),
  isLatest: truth,
  next: optional(inner),
  usual: optional(object<Level>({ lowMs: duration, medianMs: duration, highMs: duration })),
  moves: list(moment, MAX_MOVES),
  splitAt: momentOrNever,
  event: optional(OPEN_EVENT),
  lastSentAt: optional(moment),
  lastGoodAt: momentOrNever,
  lastAlarmAt: momentOrNever,
  judgedUntil: momentOrNever,
  judgedAt: momentOrNever,
  unsent: object<Unsent>({ count, at: momentOrNever, why: text }),
});

/** Follows one target: holds the current disturbance, and the event if a detector alarmed. */
export class TargetWatch implements Peer, Stateful {
  readonly simulated: boolean;
  private readonly echoes = new EchoHistory();
  private readonly light: TrafficLight;
  private readonly spacing = new RunningQuantile(0.5);
  private readonly clocks = new GuestClocks();
  private readonly path = new PathSigns();
  private readonly announcements = new Announcements();
  private readonly viewer = new Viewer();
  private disturbance: Disturbance | undefined;
  /** The current disturbance, or else the previous one. */
  private latest: Disturbance | undefined;
  /** What may be another standstill, soon after the one of the open event. */
  private next: Disturbance | undefined;
  /** The round trips' level before the disturbance. */
  private usual: Level | undefined;
  /** When former standstills ended. */
  private moves: Millis[] = [];
  /** The previous event ended here, because the next one followed at once. */
  private splitAt: Millis = -Infinity;
  private event: OpenEvent | undefined;
  private lastSentAt: Millis | undefined;
  private lastGoodAt: Millis = -Infinity;
  private lastAlarmAt: Millis = -Infinity;
  /** Outcomes of echoes sent until then are ignored: their losses are reported a timeout late. */
  private judgedUntil: Millis = -Infinity;
  private judgedAt: Millis = -Infinity;
  private unsent: Unsent = { count: 0, at: -Infinity, why: '' };

  constructor(
    private readonly target: TargetId,
    readonly probe: string,
    holdMs: Millis,
    private readonly context: JudgeContext,
  ) {
    this.simulated = probe === 'sim';
    this.light = new TrafficLight(target, holdMs);
  }

  get clockStep(): ClockStep | undefined {
    return this.allClocks.map(({ step }) => step).find(step => step !== undefined);
  }

  get hasClock(): boolean {
    return this.allClocks.some(clock => clock.readLately(this.lastGoodAt));
  }

  disturbedThrough({ from, to }: TimeSpan): boolean {
    const { latest } = this;
    return latest !== undefined && latest.startedAt <= to && latest.isBadThrough(from, to);
  }

  aliveBefore(moment: Millis): boolean {
    return this.lastGoodAt > moment - ALIVE_MS;
  }

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    const { outcome, knownAt: now } = sample;
    // A viewer's report describes how an event was noticed; it is not evidence of the cause.
    if (outcome.kind === 'playback') return changesOf([this.viewer.observe(now, outcome)]);
    this.take(sample);
    const settled = this.applyVerdicts(verdicts, now);
    const former = outcome.kind === 'clock' ? this.split(now, verdicts) : undefined;
    const changed = this.event && this.isWorthJudging(sample) ? this.judge(now) : undefined;
    if (!this.event && this.disturbance && now - this.disturbance.lastBadAt > this.settleMs)
      this.end(this.disturbance);
    const light = this.light.update(now);
    return settled || former || changed || light ? changesOf([settled, former, changed], light) : UNCHANGED;
  }

  /** The current disturbance and the latest may be the same object, and are the same again after `load`. */
  save(): Json {
    const { disturbance, latest, next, event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt } =
      this;
    const { usual, moves, splitAt, unsent } = this;
    const isLatest = disturbance !== undefined && disturbance === latest;
    return STATE.save({
      ...{ memory: this.echoes.save(), light: this.light.save(), spacing: this.spacing.save() },
      ...{ clocks: this.clocks.save(), announcements: this.announcements.save(), viewer: this.viewer.save() },
      ...{ path: this.path.save(), usual, moves, splitAt, next: next?.save() },
      ...{ episode: disturbance?.save(), latest: isLatest ? undefined : latest?.save(), isLatest },
      ...{ event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt, unsent },
    });
  }

  load(saved: Json): void {
    const state = STATE.load(saved);
    named('memory', () => this.echoes.load(state.memory));
    for (const name of ['light', 'spacing', 'clocks', 'announcements', 'path', 'viewer'] as const)
      named(name, () => this[name].load(state[name]));
    expectState(!this.echoes.answered || Number.isFinite(state.lastGoodAt), 'the moment of a good echo');
    this.disturbance = state.episode === undefined ? undefined : loadDisturbance(state.episode);
    this.latest = state.isLatest
      ? this.disturbance
      : state.latest === undefined
        ? undefined
        : loadDisturbance(state.latest);
    this.next = state.next === undefined ? undefined : loadDisturbance(state.next);
    this.usual = state.usual;
    this.moves = state.moves;
    this.splitAt = state.splitAt;
    this.event = state.event;
    this.lastSentAt = state.lastSentAt;
    this.lastGoodAt = state.lastGoodAt;
    this.lastAlarmAt = state.lastAlarmAt;
    this.judgedUntil = state.judgedUntil;
    this.judgedAt = state.judgedAt;
    this.unsent = state.unsent;
  }

  /**
   * One more missing echo only lengthens what is known, and where no echo is bad, one more sign of life changes little:
   * both are looked at now and then.
   */
  private isWorthJudging({ outcome, knownAt }: Sample): boolean {
    const { disturbance } = this;
    const longer = outcome.kind === 'lost' || outcome.kind === 'overdue';
    if (!this.event?.rule || !disturbance || (disturbance.hasBadEchoes && !longer)) return true;
    const length = knownAt - disturbance.startedAt;
    return knownAt - this.judgedAt >= Math.max(LENGTHENING_MS, LENGTHENING_SHARE * length);
  }

  private take(sample: Sample): void {
    const { outcome, at, seq } = sample;
    switch (outcome.kind) {
      case 'reply':
        if (!this.path.isUsual(outcome.ttl)) this.path.answered(at, outcome.ttl!);
        this.answered(
          { seq, at, rttMs: outcome.rttMs, status: this.statusOf(outcome.rttMs, outcome.late) },
          sample.knownAt,
        );
        break;
      case 'overdue':
      case 'lost':
        this.bad({ seq, at, status: 'missing' });
        break;
      case 'unsent':
        this.unsent = {
          count: this.unsent.count + 1,
          at: sample.knownAt,
          why: `cannot send: ${outcome.reason}`,
        };
        if (!this.event) this.light.raise('amber', this.unsent.why);
        break;
      case 'clock':
        this.clocks.observe(at, outcome);
        break;
      case 'duplicate':
        this.path.answeredTwice(at);
        break;
      case 'announce':
        this.announcements.add(sample.knownAt, outcome);
        break;
    }
  }

  private statusOf(rttMs: Millis, late: true | undefined): Echo['status'] {
    return late || this.echoes.isSlow(rttMs) ? 'slow' : 'good';
  }

  private answered(echo: Echo, now: Millis): void {
    if (this.lastSentAt !== undefined && echo.at > this.lastSentAt)
      this.spacing.add(echo.at - this.lastSentAt);
    this.lastSentAt = echo.at;
    if (!this.echoes.answered) this.light.clear('amber');
    if (echo.status === 'slow') {
      this.bad(echo);
      if (this.disturbance && now - this.disturbance.startedAt > ACCEPT_MS)
        this.echoes.add(echo.seq, echo.at, echo.rttMs!);
      return;
    }
    this.echoes.add(echo.seq, echo.at, echo.rttMs!);
    this.lastGoodAt = echo.at;
    if (this.unsent.count > 0 && !this.event) {
      this.light.raise('amber', this.unsent.why, now);
      this.unsent.count = 0;
    }
    (this.belongsToNext(echo) ? this.next : this.disturbance)?.add(echo);
  }

  private bad(echo: Echo): void {
    if (!this.echoes.answered) {
      this.light.raise('amber', 'has not answered yet');
      return;
    }
    if (echo.at <= this.judgedUntil) return;
    if (this.belongsToNext(echo) || this.isApart(echo)) {
      this.next ??= new Disturbance(this.echoes.recent(LEAD_IN, echo.seq), echo.at);
      this.next.add(echo);
      return;
    }
    this.disturbance ??= new Disturbance(this.echoes.recent(LEAD_IN, echo.seq), echo.at);
    this.disturbance.add(echo);
    this.latest = this.disturbance;
  }

  private belongsToNext({ at }: Echo): boolean {
    return this.next !== undefined && at >= this.next.startedAt;
  }

  /** The open event is a standstill that is over for a while: what is bad now may be the next one. */
  private isApart({ at }: Echo): boolean {
    const { event, disturbance } = this;
    return (
      event?.stoodStillUntil !== undefined &&
      at > Math.max(disturbance!.lastBadAt, event.stoodStillUntil) + APART_MS
    );
  }

  /**
   * Opens an event when a detector alarms, and stores the reason of each detector. Returns the previous event if it
   * was waiting for the viewers' reports.
   */
  private applyVerdicts(verdicts: readonly NamedVerdict[], now: Millis): MigrationEvent | undefined {
    let settled: MigrationEvent | undefined;
    for (const { detector, verdict } of verdicts) {
      if (verdict.state !== 'alarm' || !this.echoes.answered || !this.counts(detector)) continue;
      this.lastAlarmAt = now;
      this.disturbance ??= new Disturbance(this.echoes.recent(LEAD_IN), this.lastGoodAt);
      if (!this.event) {
        const id = this.context.nextEventId();
        const none = { confidence: 0, gapEnded: false, stoodStillUntil: undefined };
        this.event = { id, detectedAt: now, alarms: new Map(), ruledAt: now, ...none };
        this.usual = levelBefore(this.echoes, this.disturbance.startedAt);
        settled = this.viewer.begin(this.disturbance.startedAt);
      }
      if (!this.event.alarms.has(detector)) this.event.alarms.set(detector, verdict.why);
    }
    return settled;
  }

  /** Until enough replies were seen, unusual round trips open no event: what is usual is not known yet. */
  private counts(detector: string): boolean {
    if (this.echoes.learned || this.event || this.disturbance?.hasMissing) return true;
    return this.context.witnessOf(detector) !== 'echo';
  }

  /**
   * Ends the event of a standstill when the clock shows another one, well after it, and opens the next. Returns the
   * former one.
   */
  private split(now: Millis, verdicts: readonly NamedVerdict[]): MigrationEvent | undefined {
    const { event, disturbance } = this;
    const step = this.clockStep;
    if (!disturbance || event?.stoodStillUntil === undefined || !step) return undefined;
    if (step.stepMs > -MIN_STANDSTILL_MS || step.from < event.stoodStillUntil + APART_MS) return undefined;
    const former = this.judge(now, step.from);
    this.splitAt = step.from;
    this.disturbance ??= new Disturbance(this.echoes.recent(LEAD_IN), step.from);
    this.latest = this.disturbance;
    this.applyVerdicts(verdicts, now);
    return former;
  }

  /** Judges the open event again; returns it if anything changed. With `until`, it is over then. */
  private judge(now: Millis, until: Millis = Infinity): MigrationEvent | undefined {
    const { event, disturbance } = this;
    if (!event || !disturbance) return undefined;
    this.judgedAt = now;
    const found = this.features(disturbance, now, until);
    const decision = decide(found);
    const rule = isSure(event, now, this.settleMs) ? event.rule! : decision.rule;
    if (rule === decision.rule) event.confidence = decision.confidence;
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
    if (over && rule.kind === 'path-change') this.echoes.learnAgain(disturbance.startedAt);
    if (over) this.end(disturbance, event.stoodStillUntil);
    const { typicalMs } = this.echoes;
    const alarms = [...event.alarms].map(([detector, why]) => {
      return { detector, witness: this.context.witnessOf(detector), why };
    });
    return this.viewer.reportedAt(
      describe(this.target, event, disturbance, {
        found,
        weighed: decision.weighed,
        why,
        alarms,
        typicalMs,
        endedAt,
      }),
    );
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

  private features(disturbance: Disturbance, now: Millis, until: Millis): Features {
    const span = { from: disturbance.startedAt, to: disturbance.lastBadAt };
    const since = Math.max(span.from - this.settleMs, this.splitAt);
    const unsent = this.unsent.at >= span.from - this.settleMs ? this.unsent.count : 0;
    const { usualLevel, moves } = this;
    const { spacingMs } = usualLevel;
    const announcements = this.announcements.within({
      from: span.from - spacingMs,
      to: Math.min(now, until),
    });
    const announced = announcements.moved > 0;
    return extractFeatures(disturbance, {
      ...this.context.surroundings(span, spacingMs),
      ...clockFeatures(this.clocks, disturbance, { usualLevel, since, until, now, announced, moves }, step =>
        this.context.everyClockForward(step),
      ),
      ...this.path.since(span.from - spacingMs),
      ...(now - span.from > MIN_REPLIES * spacingMs && movedLevel(this.echoes, this.usual, span.from)),
      ...this.announcements.holdersSince(since),
      announcements,
      audible: this.announcements.audible(now),
      echoAlarm: this.hasEchoAlarm,
      unsent,
      now,
      ...usualLevel,
    });
  }

  private get hasEchoAlarm(): boolean {
    return [...this.event!.alarms.keys()].some(detector => this.context.witnessOf(detector) === 'echo');
  }

  private get allClocks(): readonly GuestClock[] {
    return [...this.clocks.wall, ...this.clocks.monotonic];
  }

  private get usualLevel(): UsualLevel {
    return { typicalMs: this.echoes.typicalMs, spacingMs: this.spacing.value ?? 0 };
  }

  private isOver(disturbance: Disturbance, clock: ClockEvidence, now: Millis): boolean {
    const answeredSince = this.lastGoodAt > disturbance.lastBadAt;
    const dueMs = this.settleMs + (clock.state === 'waiting' ? CLOCK_MS : 0);
    return answeredSince && now - Math.max(disturbance.lastBadAt, this.lastAlarmAt) >= dueMs;
  }

  /** Disturbances closer together than this are one event: one second, or three intervals if that is longer. */
  private get settleMs(): Millis {
    return Math.max(SETTLE_MS, 3 * (this.spacing.value ?? 0));
  }

  private end(disturbance: Disturbance, stoodStillUntil?: Millis): void {
    this.judgedUntil = disturbance.lastBadAt;
    this.event = undefined;
    this.disturbance = this.next;
    this.next = undefined;
    this.unsent.count = 0;
    if (stoodStillUntil === undefined) return;
    this.moves.push(stoodStillUntil);
    if (this.moves.length > MAX_MOVES) this.moves.shift();
  }
}

/** When the guest ran again, as far as a clock shows it. */
function standstillEnd({ kind }: Rule, { clock, freezeMs }: Features): Millis | undefined {
  const isStandstill =
    freezeMs !== undefined && (kind === 'migration' || kind === 'pause' || kind === 'unclear');
  return isStandstill && clock.state === 'read' ? clock.to : undefined;
}

function loadDisturbance(saved: Json): Disturbance {
  const disturbance = new Disturbance([], 0);
  disturbance.load(saved);
  return disturbance;
}
