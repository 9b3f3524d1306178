import type { ClockStep } from '../clock/track.js';
import { lightOf, type MigrationEvent } from '../event.js';
import type { Millis, Sample, TargetId } from '../sample.js';
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
} from '../state.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import type { NamedVerdict } from '../verdict.js';
import { Announcements } from './announcements.js';
import { clockFinding } from './clock-finding.js';
import { type Changes, changesOf, type JudgeContext, UNCHANGED } from './context.js';
import { EchoMemory } from './echo-memory.js';
import { type Echo, Episode } from './episode.js';
import { type ClockFinding, type Findings, find, type UsualLevel } from './findings.js';
import { GuestClock } from './guest-clock.js';
import { TrafficLight } from './light.js';
import type { Neighbour, TimeSpan } from './neighbourhood.js';
import { describe, endOf, isGhostSuspected, isSure, OPEN_EVENT, type OpenEvent } from './open-event.js';
import { decide, type Rule } from './rules.js';
import { Viewer } from './viewer.js';

const SETTLE_MS: Millis = 1000;
/** How much longer an event stays open for a clock that is still to be read: after a long silence it is asked once a second. */
const CLOCK_MS: Millis = 1500;
/** After this long a slow level is the new habit. */
const ACCEPT_MS: Millis = 5000;
/** How often an open event is judged anew while it only lasts; after ten seconds ever more rarely, by this share of its length. */
const LENGTHENING_MS: Millis = 250;
const LENGTHENING_SHARE = 1 / 40;
const LEAD_IN = 8;
const ALIVE_MS: Millis = 10_000;

/** Probes that could not leave. */
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

/** Follows one target: keeps the episode that is going on, and the event if a detector alarmed. */
export class TargetWatch implements Neighbour, Stateful {
  readonly simulated: boolean;
  private readonly memory = new EchoMemory();
  private readonly light: TrafficLight;
  private readonly spacing = new RunningQuantile(0.5);
  private readonly clock = new GuestClock();
  private readonly announcements = new Announcements();
  private readonly viewer = new Viewer();
  private episode: Episode | undefined;
  /** The same, or the one before. */
  private latest: Episode | undefined;
  private event: OpenEvent | undefined;
  private lastSentAt: Millis | undefined;
  private lastGoodAt: Millis = -Infinity;
  private lastAlarmAt: Millis = -Infinity;
  /** What is told of echoes sent until then comes too late to matter: their loss is a timeout old. */
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
    // It tells how an event was seen, and nothing of what it is.
    if (outcome.kind === 'playback') return changesOf(this.viewer.observe(now, outcome));
    this.take(sample);
    const settled = this.applyVerdicts(verdicts, now);
    const told = this.event && this.isWorthJudging(sample) ? this.judge(now) : undefined;
    if (!this.event && this.episode && now - this.episode.lastBadAt > this.settleMs) this.end(this.episode);
    const light = this.light.update(now);
    return settled || told || light ? changesOf(settled, told, light) : UNCHANGED;
  }

  /** The episode that is going on may be the latest as well, and then is one and the same afterwards. */
  save(): Json {
    const { episode, latest, event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt, unsent } =
      this;
    const isLatest = episode !== undefined && episode === latest;
    return STATE.save({
      ...{ memory: this.memory.save(), light: this.light.save(), spacing: this.spacing.save() },
      ...{ clock: this.clock.save(), announcements: this.announcements.save(), viewer: this.viewer.save() },
      ...{ episode: episode?.save(), latest: isLatest ? undefined : latest?.save(), isLatest },
      ...{ event, lastSentAt, lastGoodAt, lastAlarmAt, judgedUntil, judgedAt, unsent },
    });
  }

  load(saved: Json): void {
    const state = STATE.load(saved);
    for (const name of ['memory', 'light', 'spacing', 'clock', 'announcements', 'viewer'] as const)
      named(name, () => this[name].load(state[name]));
    expectState(!this.memory.answered || Number.isFinite(state.lastGoodAt), 'the moment of a good echo');
    this.episode = state.episode === undefined ? undefined : episodeOf(state.episode);
    this.latest = state.isLatest
      ? this.episode
      : state.latest === undefined
        ? undefined
        : episodeOf(state.latest);
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
    const { episode } = this;
    const longer = outcome.kind === 'lost' || outcome.kind === 'overdue';
    if (!this.event?.rule || !episode || (episode.harmed && !longer)) return true;
    const length = knownAt - episode.startedAt;
    return knownAt - this.judgedAt >= Math.max(LENGTHENING_MS, LENGTHENING_SHARE * length);
  }

  private take(sample: Sample): void {
    const { outcome, at, seq } = sample;
    switch (outcome.kind) {
      case 'reply':
        this.answered(
          { seq, at, rttMs: outcome.rttMs, fate: this.fateOf(outcome.rttMs, outcome.late) },
          sample.knownAt,
        );
        break;
      case 'overdue':
      case 'lost':
        this.bad({ seq, at, fate: 'missing' });
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

  private fateOf(rttMs: Millis, late: true | undefined): Echo['fate'] {
    return late || this.memory.isSlow(rttMs) ? 'slow' : 'good';
  }

  private answered(echo: Echo, now: Millis): void {
    if (this.lastSentAt !== undefined && echo.at > this.lastSentAt)
      this.spacing.add(echo.at - this.lastSentAt);
    this.lastSentAt = echo.at;
    if (!this.memory.answered) this.light.clear('amber');
    if (echo.fate === 'slow') {
      this.bad(echo);
      if (this.episode && now - this.episode.startedAt > ACCEPT_MS)
        this.memory.add(echo.seq, echo.at, echo.rttMs!);
      return;
    }
    this.memory.add(echo.seq, echo.at, echo.rttMs!);
    this.lastGoodAt = echo.at;
    if (this.unsent.count > 0 && !this.event) {
      this.light.raise('amber', this.unsent.why, now);
      this.unsent.count = 0;
    }
    this.episode?.add(echo);
  }

  private bad(echo: Echo): void {
    if (!this.memory.answered) {
      this.light.raise('amber', 'has not answered yet');
      return;
    }
    if (echo.at <= this.judgedUntil) return;
    this.episode ??= new Episode(this.memory.recent(LEAD_IN, echo.seq), echo.at);
    this.episode.add(echo);
    this.latest = this.episode;
  }

  /**
   * Opens an event when a detector alarms, and remembers every detector's words. Returns the event before, where that
   * waited for what viewers noticed.
   */
  private applyVerdicts(verdicts: readonly NamedVerdict[], now: Millis): MigrationEvent | undefined {
    let settled: MigrationEvent | undefined;
    for (const { detector, verdict } of verdicts) {
      if (verdict.state !== 'alarm' || !this.memory.answered) continue;
      this.lastAlarmAt = now;
      this.episode ??= new Episode(this.memory.recent(LEAD_IN), this.lastGoodAt);
      if (!this.event) {
        const id = this.context.nextEventId();
        this.event = { id, detectedAt: now, alarms: new Map(), ruledAt: now, gapEnded: false };
        settled = this.viewer.begin(this.episode.startedAt);
      }
      if (!this.event.alarms.has(detector)) this.event.alarms.set(detector, verdict.why);
    }
    return settled;
  }

  /** Judges the open event anew; returns it when there is something new to tell. */
  private judge(now: Millis): MigrationEvent | undefined {
    const { event, episode } = this;
    if (!event || !episode) return undefined;
    this.judgedAt = now;
    const found = this.findings(episode, now);
    const rule = isSure(event, now, this.settleMs) ? event.rule! : decide(found);
    const isSettled = this.isOver(episode, found.clock, now);
    const over = isSettled && !isGhostSuspected(rule, episode, this.clock.step, now);
    const news = rule !== event.rule || found.gapEnded !== event.gapEnded || over;
    if (!news) return undefined;
    if (rule !== event.rule) event.ruledAt = now;
    event.rule = rule;
    event.gapEnded = found.gapEnded;
    const endedAt = over ? endOf(rule, episode, this.clock.step) : undefined;
    this.show(event, rule, endedAt);
    if (over) this.end(episode);
    const { typicalMs } = this.memory;
    const alarms = [...event.alarms].map(([detector, why]) => {
      return { detector, witness: this.context.witnessOf(detector), why };
    });
    return this.viewer.reportedAt(
      describe(this.target, event, episode, { found, alarms, typicalMs, endedAt }),
    );
  }

  private show(event: OpenEvent, rule: Rule, endedAt: Millis | undefined): void {
    const light = lightOf({ red: rule.red === true });
    if (event.light && event.light !== light) this.light.clear(event.light);
    event.light = light;
    // What was planned is shown while it lasts and held no longer: red is for what nobody expects.
    if (rule.red && rule.kind !== 'ghost' && this.context.expects(event.id))
      this.light.raise(light, `expected: ${rule.why}`, endedAt, 0);
    else this.light.raise(light, rule.why, endedAt);
  }

  private findings(episode: Episode, now: Millis): Findings {
    const span = { from: episode.startedAt, to: episode.lastBadAt };
    const unsent = this.unsent.at >= span.from - this.settleMs ? this.unsent.count : 0;
    const { usualLevel } = this;
    const { spacingMs } = usualLevel;
    const announcements = this.announcements.within({ from: span.from - spacingMs, to: now });
    return find(episode, {
      ...this.context.around(span, spacingMs),
      clock: clockFinding(
        this.clock,
        episode,
        { usualLevel, since: episode.startedAt - this.settleMs, now, announced: announcements.moved > 0 },
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
    return { typicalMs: this.memory.typicalMs, spacingMs: this.spacing.value ?? 0 };
  }

  private isOver(episode: Episode, clock: ClockFinding, now: Millis): boolean {
    const answeredSince = this.lastGoodAt > episode.lastBadAt;
    const dueMs = this.settleMs + (clock.state === 'waiting' ? CLOCK_MS : 0);
    return answeredSince && now - Math.max(episode.lastBadAt, this.lastAlarmAt) >= dueMs;
  }

  /** Events that follow each other more closely are one. Three intervals, where that is longer. */
  private get settleMs(): Millis {
    return Math.max(SETTLE_MS, 3 * (this.spacing.value ?? 0));
  }

  private end(episode: Episode): void {
    this.judgedUntil = episode.lastBadAt;
    this.event = undefined;
    this.episode = undefined;
    this.unsent.count = 0;
  }
}

function episodeOf(saved: Json): Episode {
  const episode = new Episode([], 0);
  episode.load(saved);
  return episode;
}
