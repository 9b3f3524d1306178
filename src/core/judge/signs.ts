import { SERIES_MS } from '../causes/segment-questions.js';
import type { ClockStep } from '../clock/track.js';
import type { Millis, Outcome, Sample } from '../sample.js';
import { RunningQuantile } from '../statistics/running-quantile.js';
import { expectState, named } from '../validation/saved-state.js';
import { Announcements } from './announcements.js';
import { clockFeatures } from './clock-evidence.js';
import type { JudgeContext } from './context.js';
import type { Disturbance } from './disturbance.js';
import { EchoHistory, type Level } from './echo-history.js';
import { extractFeatures, type UsualLevel } from './extract-features.js';
import { type Features, isStepped } from './features.js';
import { GuestClocks } from './guest-clocks.js';
import { PathFloor } from './path-floor.js';
import { levelBefore, MIN_REPLIES, movedLevel, PathSigns } from './path-signs.js';
import type { LevelMove, SignsState, Unsent } from './watch-state.js';

/** Disturbances closer together than this are one event. */
const SETTLE_MS: Millis = 1000;
const ALIVE_MS: Millis = 10_000;
/** With the step of a clock, so few replies at another pace mean something. */
const SOME_REPLIES = 16;

export type Reply = Extract<Outcome, { kind: 'reply' }>;

/** What an open event adds to the signs. */
export interface Occasion {
  /** The round trips' level before the disturbance. */
  usual: Level | undefined;
  /** When former standstills ended. */
  moves: readonly Millis[];
  /** The previous event ended here, because the next one followed at once. */
  splitAt: Millis;
  /** Later steps of the clock belong to the next event. */
  until: Millis;
  /** A detector that reads echoes alarmed. */
  echoAlarm: boolean;
  now: Millis;
}

/** What was seen of one target: its echoes, clocks, path and announcements, and probes of ours that could not be sent. */
export class Signs {
  readonly echoes = new EchoHistory();
  /** When the last good echo was sent. */
  lastGoodAt: Millis = -Infinity;
  private readonly spacing = new RunningQuantile(0.5);
  private readonly clocks = new GuestClocks();
  private readonly path = new PathSigns();
  private readonly announcements = new Announcements();
  private readonly floor = new PathFloor();
  private floorMove: LevelMove | undefined;
  private lastSentAt: Millis | undefined;
  private unsentProbes: Unsent = { count: 0, at: -Infinity, why: '' };

  constructor(private readonly context: JudgeContext) {}

  /** The latest step of a clock. */
  get clockStep(): ClockStep | undefined {
    for (const clock of this.clocks.all) if (clock.step) return clock.step;
    return undefined;
  }

  get hasClock(): boolean {
    return this.clocks.all.some(clock => clock.readLately(this.lastGoodAt));
  }

  get unsent(): Readonly<Unsent> {
    return this.unsentProbes;
  }

  /** Disturbances closer together than this are one event: one second, or three intervals if that is longer. */
  get settleMs(): Millis {
    return Math.max(SETTLE_MS, 3 * (this.spacing.value ?? 0));
  }

  /** When the floor of the round trips moved last, for good, and from where to where. */
  get moved(): LevelMove | undefined {
    return this.floorMove;
  }

  aliveBefore(moment: Millis): boolean {
    return this.lastGoodAt > moment - ALIVE_MS;
  }

  levelBefore(moment: Millis): Level | undefined {
    return levelBefore(this.echoes, moment);
  }

  /** Takes an outcome that is not about one echo. */
  observe({ outcome, at, knownAt }: Sample): void {
    if (outcome.kind === 'clock') this.clocks.observe(at, outcome);
    if (outcome.kind === 'duplicate') this.path.answeredTwice(at);
    if (outcome.kind === 'announce') this.announcements.add(knownAt, outcome);
    if (outcome.kind === 'unsent') {
      const { count } = this.unsentProbes;
      this.unsentProbes = { count: count + 1, at: knownAt, why: `cannot send: ${outcome.reason}` };
    }
  }

  /** Takes a reply. Returns whether it is slow: it arrived late, or its round trip is unusual. */
  answered({ at }: Sample, { rttMs, late, ttl }: Reply): boolean {
    if (!this.path.isUsual(ttl)) this.path.answered(at, ttl!);
    if (this.lastSentAt !== undefined && at > this.lastSentAt) this.spacing.add(at - this.lastSentAt);
    this.lastSentAt = at;
    const change = this.floor.add(at, rttMs);
    if (change) this.floorMove = { at: change.at, fromMs: change.fromMs, toMs: change.toMs };
    return late === true || this.echoes.isSlow(rttMs);
  }

  addGood(seq: number, at: Millis, rttMs: Millis): void {
    this.echoes.add(seq, at, rttMs);
    this.lastGoodAt = at;
  }

  forgetUnsent(): void {
    this.unsentProbes.count = 0;
  }

  features(disturbance: Disturbance, { usual, moves, splitAt, until, echoAlarm, now }: Occasion): Features {
    const span = { from: disturbance.startedAt, to: disturbance.lastBadAt };
    const since = Math.max(span.from - this.settleMs, splitAt);
    const unsent = this.unsent.at >= span.from - this.settleMs ? this.unsent.count : 0;
    const { usualLevel } = this;
    const { spacingMs } = usualLevel;
    const announcements = this.announcements.within({
      // What a former move goes on to announce says nothing about what follows it.
      from: Math.max(
        span.from - spacingMs,
        (moves.findLast(moment => moment < span.from) ?? -Infinity) + SERIES_MS,
      ),
      to: Math.min(now, until),
    });
    const announced = announcements.moved > 0;
    const clocks = clockFeatures(
      this.clocks,
      disturbance,
      { usualLevel, since, until, now, announced, moves },
      step => this.context.everyClockForward(step),
    );
    const isLongAgo = now - span.from > MIN_REPLIES * spacingMs;
    const path = {
      otherPace: isStepped(clocks) ? movedLevel(this.echoes, usual, span.from, SOME_REPLIES) : undefined,
      level: (isLongAgo ? movedLevel(this.echoes, usual, span.from) : undefined) ?? this.floorSince(since),
      ttl: this.path.ttlSince(span.from - spacingMs),
      duplicates: this.path.duplicatesSince(span.from - spacingMs),
      macs: this.announcements.holdersSince(since),
    };
    const surroundings = this.context.surroundings(span, spacingMs);
    const audible = this.announcements.audible(now);
    return extractFeatures(disturbance, {
      usualLevel,
      clocks,
      path,
      surroundings,
      announcements,
      audible,
      echoAlarm,
      usual,
      unsent,
      now,
    });
  }

  save(): SignsState {
    return {
      ...{ memory: this.echoes.save(), spacing: this.spacing.save(), clocks: this.clocks.save() },
      ...{ announcements: this.announcements.save(), path: this.path.save() },
      ...{ floor: this.floor.save(), moved: this.floorMove },
      ...{ lastSentAt: this.lastSentAt, lastGoodAt: this.lastGoodAt, unsent: this.unsentProbes },
    };
  }

  load(saved: SignsState): void {
    named('memory', () => this.echoes.load(saved.memory));
    for (const name of ['spacing', 'clocks', 'announcements', 'path'] as const)
      named(name, () => this[name].load(saved[name]));
    const { floor } = saved;
    if (floor !== undefined) named('floor', () => this.floor.load(floor));
    this.floorMove = saved.moved;
    expectState(!this.echoes.answered || Number.isFinite(saved.lastGoodAt), 'the moment of a good echo');
    this.lastSentAt = saved.lastSentAt;
    this.lastGoodAt = saved.lastGoodAt;
    this.unsentProbes = saved.unsent;
  }

  private floorSince(moment: Millis): Features['level'] {
    const { floorMove } = this;
    if (!floorMove || floorMove.at < moment) return undefined;
    return { fromMs: floorMove.fromMs, toMs: floorMove.toMs };
  }

  private get usualLevel(): UsualLevel {
    return { typicalMs: this.echoes.typicalMs, spacingMs: this.spacing.value ?? 0 };
  }
}
