import type { Millis, Sample } from '../../core/sample.js';
import { Jitter } from '../../core/statistics/jitter.js';
import type { Step } from '../../core/step.js';
import { Follower } from './follower.js';
import { levelOf } from './level.js';
import { Slots } from './slots.js';

/** From fine and short to coarse and long: 10 minutes, an hour, a day, two weeks. */
const TIERS = [
  { slotMs: 100, slots: 6000 },
  { slotMs: 1000, slots: 3600 },
  { slotMs: 10_000, slots: 8640 },
  { slotMs: 60_000, slots: 20_160 },
] as const;
const SLOTS_PER_TARGET = TIERS.reduce((sum, { slots }) => sum + slots, 0);
/**
 * Kept over all targets, at 12 bytes and one for each detector: 72 MB with six of them, which 104 targets reach in two
 * weeks; twice that in a replay, which also keeps the whole recording. Each of 500 targets keeps 2 minutes, 12
 * minutes, 5 hours and nearly 3 days.
 */
const SLOT_CAPACITY = 4_000_000;

/** A target's whole session in memory that does not grow: extremes, counts and detectors' levels. */
export class History {
  /** When the first probe was sent; Infinity before it. */
  beganAt: Millis = Infinity;
  /** Since the start, or since it was last reset. */
  jitter = new Jitter();
  private tiers: readonly Slots[];
  private follower = new Follower();
  private judged: Step['verdicts'] = [];
  /** The detectors' levels, and how often they changed. */
  private levels: number[] = [];
  private changes = 0;

  /** For one of so many targets. */
  constructor(targets: number) {
    const share = Math.min(1, SLOT_CAPACITY / (SLOTS_PER_TARGET * Math.max(1, targets)));
    this.tiers = TIERS.map(({ slotMs, slots }) => new Slots(slotMs, Math.max(60, Math.floor(slots * share))));
  }

  take({ sample, verdicts }: Step): void {
    this.count(sample);
    if (verdicts !== this.judged) this.judge(verdicts);
    // Verdicts are stored at the time of the verdict, not of sending.
    for (const slots of this.tiers) slots.judged(sample.knownAt, this.levels, this.changes);
  }

  private judge(verdicts: Step['verdicts']): void {
    const { levels } = this;
    this.judged = verdicts;
    for (let index = 0; index < verdicts.length; index++) {
      const level = levelOf(verdicts[index]!.verdict);
      if (level === levels[index]) continue;
      levels[index] = level;
      this.changes++;
    }
  }

  /** An overdue probe is not counted yet, and a late reply stays a loss. */
  private count(sample: Sample): void {
    const { at, outcome } = sample;
    const lost = outcome.kind === 'lost';
    if (!lost && (outcome.kind !== 'reply' || outcome.late)) return;
    if (this.follower.follow(sample) === 'unwanted') return;
    this.beganAt = Math.min(this.beganAt, at);
    this.jitter.take(sample);
    for (const slots of this.tiers)
      if (lost) slots.unanswered(at);
      else slots.answered(at, outcome.rttMs);
  }

  /** The coarsest slots that are no wider than a dot, of those that reach back to `from`; else the finest of those. */
  slotsFor(from: Millis, dotMs: Millis): Slots {
    const wanted = Math.max(from, this.beganAt);
    const reaching = this.tiers.filter(({ reachesBack }) => reachesBack <= wanted);
    return reaching.findLast(({ slotMs }) => slotMs <= dotMs) ?? reaching[0] ?? this.tiers.at(-1)!;
  }

  copy(): History {
    const copy: History = Object.assign(Object.create(History.prototype), this);
    copy.tiers = this.tiers.map(slots => slots.copy());
    copy.levels = this.levels.slice();
    copy.jitter = this.jitter.copy();
    copy.follower = this.follower.copy();
    return copy;
  }
}
