import type { ClockStep } from '../clock-track.js';
import type { EventKind, LightState, MigrationEvent } from '../event.js';
import { RunningQuantile } from '../running-quantile.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../sample.js';
import type { NamedVerdict } from '../verdict.js';
import { Announcements } from './announcements.js';
import { EchoMemory } from './echo-memory.js';
import { type Echo, Episode, type Gap, receivedAt, type Sawtooth } from './episode.js';
import { blackoutOf, evidenceOf, stuntimeOf } from './evidence.js';
import { type ClockFinding, type Findings, find, type Habit, longestOf, sawtoothOf } from './findings.js';
import { type ClockFound, GuestClock, type Silence } from './guest-clock.js';
import { TrafficLight } from './light.js';
import type { Neighbour, Span } from './neighbourhood.js';
import { decide, type Rule } from './rules.js';

/** What a target's watch asks of the judge. */
export interface Bench {
  nextEventId(): string;
  around(span: Span, slack: Millis): { lagMs: Millis; others: number; othersDisturbed: number };
  everyClockForward(step: ClockStep): boolean;
}

export interface Changes {
  lights: readonly LightState[];
  events: readonly MigrationEvent[];
}

interface OpenEvent {
  id: string;
  detectedAt: Millis;
  /** What the detectors said, by their names. */
  alarms: Map<string, string>;
  rule?: Rule;
  ruledAt: Millis;
  light?: 'amber' | 'red';
  gapEnded: boolean;
}

const SETTLE_MS: Millis = 1000;
/** After this long a slow level is the new habit. */
const ACCEPT_MS: Millis = 5000;
/** A copy that still answers after this long is the target now. */
const LONGEST_GHOST_MS: Millis = 60_000;
/** How often an open gap is judged anew while it lasts. */
const LENGTHENING_MS: Millis = 250;
const LEAD_IN = 8;
const ALIVE_MS: Millis = 10_000;
const NOTHING: readonly never[] = Object.freeze([]);

/** Follows one target: keeps the episode that is going on, and the event if a detector alarmed. */
export class TargetWatch implements Neighbour {
  readonly simulated: boolean;
  private readonly memory = new EchoMemory();
  private readonly light: TrafficLight;
  private readonly spacing = new RunningQuantile(0.5);
  private readonly clock = new GuestClock();
  private readonly announcements = new Announcements();
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
  private unsent = { count: 0, at: -Infinity, why: '' };

  constructor(
    private readonly target: TargetId,
    readonly probe: string,
    holdMs: Millis,
    private readonly bench: Bench,
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

  disturbedThrough({ from, to }: Span): boolean {
    const { latest } = this;
    return latest !== undefined && latest.startedAt <= to && latest.isBadThrough(from, to);
  }

  aliveBefore(moment: Millis): boolean {
    return this.lastGoodAt > moment - ALIVE_MS;
  }

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    const now = sample.knownAt;
    this.take(sample);
    this.heed(verdicts, now);
    const told = this.event && this.isWorthJudging(sample) ? this.judge(now) : undefined;
    if (!this.event && this.episode && now - this.episode.lastBadAt > this.settleMs) this.end(this.episode);
    const light = this.light.update(now);
    return { lights: light ? [light] : NOTHING, events: told ? [told] : NOTHING };
  }

  /** One more missing echo only lengthens what is known; that is looked at now and then. */
  private isWorthJudging({ outcome, knownAt }: Sample): boolean {
    const longer = outcome.kind === 'lost' || outcome.kind === 'overdue';
    return !longer || knownAt - this.judgedAt >= LENGTHENING_MS;
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
    this.episode ??= new Episode(this.memory.recent(echo.seq, LEAD_IN), echo.at);
    this.episode.add(echo);
    this.latest = this.episode;
  }

  /** Opens an event when a detector alarms, and remembers every detector's words. */
  private heed(verdicts: readonly NamedVerdict[], now: Millis): void {
    for (const { detector, verdict } of verdicts) {
      if (verdict.state !== 'alarm' || !this.memory.answered) continue;
      this.lastAlarmAt = now;
      this.event ??= {
        id: this.bench.nextEventId(),
        detectedAt: now,
        alarms: new Map(),
        ruledAt: now,
        gapEnded: false,
      };
      if (!this.event.alarms.has(detector)) this.event.alarms.set(detector, verdict.why);
      this.episode ??= new Episode([], this.lastGoodAt);
    }
  }

  /** Judges the open event anew; returns it when there is something new to tell. */
  private judge(now: Millis): MigrationEvent | undefined {
    const { event, episode } = this;
    if (!event || !episode) return undefined;
    this.judgedAt = now;
    const found = this.findings(episode, now);
    const rule = this.isSure(event, now) ? event.rule! : decide(found);
    const over = this.isOver(episode, now) && !this.isHaunted(rule, episode, now);
    const news = rule !== event.rule || found.gapEnded !== event.gapEnded || over;
    if (!news) return undefined;
    if (rule !== event.rule) event.ruledAt = now;
    event.rule = rule;
    event.gapEnded = found.gapEnded;
    const endedAt = over ? this.endOf(rule, episode) : undefined;
    this.show(event, rule, endedAt);
    if (over) this.end(episode);
    return this.describe(event, episode, found, endedAt);
  }

  private show(event: OpenEvent, rule: Rule, endedAt: Millis | undefined): void {
    const light = rule.red ? 'red' : 'amber';
    if (event.light && event.light !== light) this.light.clear(event.light);
    event.light = light;
    this.light.raise(light, rule.why, endedAt);
  }

  private findings(episode: Episode, now: Millis): Findings {
    const span = { from: episode.startedAt, to: episode.lastBadAt };
    const unsent = this.unsent.at >= span.from - this.settleMs ? this.unsent.count : 0;
    const { habit } = this;
    const { spacingMs } = habit;
    return find(episode, {
      ...this.bench.around(span, spacingMs),
      clock: this.clockFinding(episode, now),
      heard: this.announcements.within({ from: span.from - spacingMs, to: now }),
      audible: this.announcements.audible(now),
      unsent,
      now,
      ...habit,
    });
  }

  private get habit(): Habit {
    return { typicalMs: this.memory.typicalMs, spacingMs: this.spacing.value ?? 0 };
  }

  /**
   * The clock's step over the episode's gap. Without one, over its sawtooth or the latest that was noticed, whichever
   * is larger: a busy host keeps packets too, shortly after a standstill that no echo saw.
   */
  private clockFinding(episode: Episode, now: Millis): ClockFinding {
    const gap = longestOf(episode.gaps());
    const bad = gap ?? sawtoothOf(episode, this.habit);
    const over = this.clock.across(
      bad && silenceAround(episode, bad),
      episode.startedAt - this.settleMs,
      now,
    );
    const noticed = gap ? over : this.clock.noticed(episode.startedAt - this.settleMs, now);
    const finding = sizeOf(noticed) > sizeOf(over) ? noticed : over;
    if (finding.state !== 'read') return finding;
    const { step, stepMs, errorMs } = finding;
    return {
      state: 'read',
      stepMs,
      errorMs,
      everyClock: step !== undefined && this.bench.everyClockForward(step),
    };
  }

  private isOver(episode: Episode, now: Millis): boolean {
    const answeredSince = this.lastGoodAt > episode.lastBadAt;
    return answeredSince && now - Math.max(episode.lastBadAt, this.lastAlarmAt) >= this.settleMs;
  }

  /** A ghost that was seen for a while stays one, though its end looks like a clock that was set. */
  private isSure({ rule, ruledAt }: OpenEvent, now: Millis): boolean {
    return rule?.kind === 'ghost' && now - ruledAt >= this.settleMs / 2;
  }

  /** A ghost goes on until the clock is back on its former course, or nobody waits for that any more. */
  private isHaunted({ kind }: Rule, episode: Episode, now: Millis): boolean {
    const back = this.clock.step !== undefined && this.clock.step.stepMs > 0;
    return kind === 'ghost' && !back && now - episode.startedAt < LONGEST_GHOST_MS;
  }

  /** Events that follow each other more closely are one. Three intervals, where that is longer. */
  private get settleMs(): Millis {
    return Math.max(SETTLE_MS, 3 * (this.spacing.value ?? 0));
  }

  private endOf({ kind }: Rule, episode: Episode): Millis {
    const { step } = this.clock;
    if (kind === 'ghost' && step && step.stepMs > 0) return step.to;
    // A slow reply seconds after a gap keeps the event open, but is no part of what happened.
    const hasGap = kind !== 'congestion' && kind !== 'pause';
    const gap = hasGap ? longestOf(episode.gaps()) : undefined;
    const recovery = (gap && episode.goodAround(gap.first, gap.last).after) ?? episode.recovery;
    return recovery ? receivedAt(recovery) : episode.lastBadAt;
  }

  private end(episode: Episode): void {
    this.judgedUntil = episode.lastBadAt;
    this.event = undefined;
    this.episode = undefined;
    this.unsent.count = 0;
  }

  private describe(event: OpenEvent, episode: Episode, found: Findings, endedAt?: Millis): MigrationEvent {
    const { kind, confidence, why } = event.rule!;
    // Congestion keeps and drops packets too, but nothing stood still.
    const stoodStill = kind !== 'congestion';
    const blackoutMs = stoodStill ? blackoutOf(found, this.memory.typicalMs) : undefined;
    const stuntimeMs = stoodStill ? stuntimeOf(found) : undefined;
    return {
      id: event.id,
      state: endedAt === undefined ? 'open' : 'closed',
      target: this.target,
      kind,
      startedAt: startOf(kind, found) ?? episode.startedAt,
      ...(endedAt !== undefined && { endedAt: toMicros(endedAt) }),
      detectedAt: event.detectedAt,
      ...(blackoutMs && { blackoutMs }),
      ...(stuntimeMs !== undefined && { stuntimeMs }),
      confidence,
      evidence: [{ witness: 'echo', summary: why }, ...evidenceOf(found, event.alarms)],
    };
  }
}

/** When what was judged began: a slow reply shortly before belongs to the episode, but not to it. */
function startOf(kind: EventKind, { gap, sawtooth }: Findings): Millis | undefined {
  if (kind === 'pause') return sawtooth?.first.at;
  return kind === 'congestion' ? undefined : gap?.first.at;
}

function silenceAround(episode: Episode, { first, last }: Gap | Sawtooth): Silence | undefined {
  const { before, after } = episode.goodAround(first, last);
  return before && { from: before.at, ...(after && { to: after.at, heardAt: receivedAt(after) }) };
}

/** Of a step that is known well enough to be compared. */
function sizeOf(found: ClockFound): Millis {
  return found.state === 'read' && found.errorMs < Math.abs(found.stepMs) / 2 ? Math.abs(found.stepMs) : 0;
}
