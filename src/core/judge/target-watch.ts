import type { ClockStep } from '../clock/track.js';
import { lightOf, type MigrationEvent } from '../event.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import {
  count,
  expectState,
  inner,
  type Json,
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
import { clockEvidence } from './clock-evidence.js';
import { type Changes, changesOf, type JudgeContext, UNCHANGED } from './context.js';
import { Disturbance, type Echo } from './disturbance.js';
import { EchoHistory } from './echo-history.js';
import { type ClockEvidence, extractFeatures, type Features, type UsualLevel } from './features.js';
import { GuestClock } from './guest-clock.js';
import { TrafficLight } from './light.js';
import { describe, endOf, isGhostSuspected, isSure, OPEN_EVENT, type OpenEvent } from './open-event.js';
import type { Peer, TimeSpan } from './peers.js';
import { decide, type Rule } from './rules.js';
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
  clock: Json;
  announcements: Json;
  viewer: Json;
  episode: Json | undefined;
  latest: Json | undefined;
  isLatest: boolean;
  event: OpenEvent | undefined;
  lastSentAt: Millis | undefined;
  lastGoodAt: Millis;
  lastAlarmAt: Millis;
  judgedUntil: Millis;
  judgedAt: Millis;
  unsent: Unsent;
}>(1, {
  memory: inner,
  light: inner,
  spacing: inner,
  clock: inner,
  announcements: inner,
  viewer: inner,
  episode: optional(inner),
  latest: optional(inner),
  isLatest: truth,
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
  private readonly clock = new GuestClock();
  private readonly announcements = new Announcements();
  private readonly viewer = new Viewer();
  private disturbance: Disturbance | undefined;
  /** The current disturbance, or else the previous one. */
  private latest: Disturbance | undefined;
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
    return this.clock.step;
  }

  get hasClock(): boolean {
    return this.clock.readLately(this.lastGoodAt);
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
    if (outcome.kind === 'playback') return changesOf(this.viewer.observe(now, outcome));
    this.take(sample);
    const settled = this.applyVerdicts(verdicts, now);
    const changed = this.event && this.isWorthJudging(sample) ? this.judge(now) : undefined;
    if (!this.event && this.disturbance && now - this.disturbance.lastBadAt > this.settleMs)
      this.end(this.disturbance);
    const light = this.light.update(now);
    return settled || changed || light ? changesOf(settled, changed, light) : UNCHANGED;
  }

  /** The current disturbance and the latest may be the same object, and are the same again after `load`. */
  save(): Json {
    const { disturbance, latest, event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt, unsent } =
      this;
    const isLatest = disturbance !== undefined && disturbance === latest;
    return STATE.save({
      ...{ memory: this.echoes.save(), light: this.light.save(), spacing: this.spacing.save() },
      ...{ clock: this.clock.save(), announcements: this.announcements.save(), viewer: this.viewer.save() },
      ...{ episode: disturbance?.save(), latest: isLatest ? undefined : latest?.save(), isLatest },
      ...{ event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt, unsent },
    });
  }

  load(saved: Json): void {
    const state = STATE.load(saved);
    named('memory', () => this.echoes.load(state.memory));
    for (const name of ['light', 'spacing', 'clock', 'announcements', 'viewer'] as const)
      named(name, () => this[name].load(state[name]));
    expectState(!this.echoes.answered || Number.isFinite(state.lastGoodAt), 'the moment of a good echo');
    this.disturbance = state.episode === undefined ? undefined : loadDisturbance(state.episode);
    this.latest = state.isLatest
      ? this.disturbance
      : state.latest === undefined
        ? undefined
        : loadDisturbance(state.latest);
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
        this.clock.observe(at, outcome);
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
    this.disturbance?.add(echo);
  }

  private bad(echo: Echo): void {
    if (!this.echoes.answered) {
      this.light.raise('amber', 'has not answered yet');
      return;
    }
    if (echo.at <= this.judgedUntil) return;
    this.disturbance ??= new Disturbance(this.echoes.recent(LEAD_IN, echo.seq), echo.at);
    this.disturbance.add(echo);
    this.latest = this.disturbance;
  }

  /**
   * Opens an event when a detector alarms, and stores the reason of each detector. Returns the previous event if it
   * was waiting for the viewers' reports.
   */
  private applyVerdicts(verdicts: readonly NamedVerdict[], now: Millis): MigrationEvent | undefined {
    let settled: MigrationEvent | undefined;
    for (const { detector, verdict } of verdicts) {
      if (verdict.state !== 'alarm' || !this.echoes.answered) continue;
      this.lastAlarmAt = now;
      this.disturbance ??= new Disturbance(this.echoes.recent(LEAD_IN), this.lastGoodAt);
      if (!this.event) {
        const id = this.context.nextEventId();
        this.event = { id, detectedAt: now, alarms: new Map(), ruledAt: now, gapEnded: false };
        settled = this.viewer.begin(this.disturbance.startedAt);
      }
      if (!this.event.alarms.has(detector)) this.event.alarms.set(detector, verdict.why);
    }
    return settled;
  }

  /** Judges the open event again; returns it if anything changed. */
  private judge(now: Millis): MigrationEvent | undefined {
    const { event, disturbance } = this;
    if (!event || !disturbance) return undefined;
    this.judgedAt = now;
    const found = this.features(disturbance, now);
    const rule = isSure(event, now, this.settleMs) ? event.rule! : decide(found);
    const isSettled = this.isOver(disturbance, found.clock, now);
    const over = isSettled && !isGhostSuspected(rule, disturbance, this.clock.step, now);
    const news = rule !== event.rule || found.gapEnded !== event.gapEnded || over;
    if (!news) return undefined;
    if (rule !== event.rule) event.ruledAt = now;
    event.rule = rule;
    event.gapEnded = found.gapEnded;
    const endedAt = over ? endOf(rule, disturbance, this.clock.step) : undefined;
    this.show(event, rule, endedAt);
    if (over) this.end(disturbance);
    const { typicalMs } = this.echoes;
    const alarms = [...event.alarms].map(([detector, why]) => {
      return { detector, witness: this.context.witnessOf(detector), why };
    });
    return this.viewer.reportedAt(
      describe(this.target, event, disturbance, { found, alarms, typicalMs, endedAt }),
    );
  }

  private show(event: OpenEvent, rule: Rule, endedAt: Millis | undefined): void {
    const light = lightOf({ red: rule.red === true });
    if (event.light && event.light !== light) this.light.clear(event.light);
    event.light = light;
    // A planned move is shown while it lasts and is not held: red is for unexpected moves.
    if (rule.red && rule.kind !== 'ghost' && this.context.expects(event.id))
      this.light.raise(light, `expected: ${rule.why}`, endedAt, 0);
    else this.light.raise(light, rule.why, endedAt);
  }

  private features(disturbance: Disturbance, now: Millis): Features {
    const span = { from: disturbance.startedAt, to: disturbance.lastBadAt };
    const unsent = this.unsent.at >= span.from - this.settleMs ? this.unsent.count : 0;
    const { usualLevel } = this;
    const { spacingMs } = usualLevel;
    const announcements = this.announcements.within({ from: span.from - spacingMs, to: now });
    return extractFeatures(disturbance, {
      ...this.context.surroundings(span, spacingMs),
      clock: clockEvidence(
        this.clock,
        disturbance,
        { usualLevel, since: disturbance.startedAt - this.settleMs, now, announced: announcements.moved > 0 },
        step => this.context.everyClockForward(step),
      ),
      announcements,
      audible: this.announcements.audible(now),
      unsent,
      now,
      ...usualLevel,
    });
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

  private end(disturbance: Disturbance): void {
    this.judgedUntil = disturbance.lastBadAt;
    this.event = undefined;
    this.disturbance = undefined;
    this.unsent.count = 0;
  }
}

function loadDisturbance(saved: Json): Disturbance {
  const disturbance = new Disturbance([], 0);
  disturbance.load(saved);
  return disturbance;
}
