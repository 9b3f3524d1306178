import { getOrMake } from '../core/get-or-make.js';
import { OUTCOMES } from '../core/outcomes.js';
import { type Millis, type Sample, type TargetId, toMicros } from '../core/sample.js';
import { RunningQuantile } from '../core/statistics/running-quantile.js';

/** Without a probe for so many intervals, beside the time until an outcome is known, nothing was observed. */
const MISSING = 10;
/** Probes that show the interval of the target, which may be longer than that of the plan. */
const LEARNED_FROM = 64;
/** More interruptions than a picture can show. */
const MAX_GAPS = 1000;

/** A stretch of time. */
export interface Span {
  from: Millis;
  to: Millis;
}

/**
 * The time in which the probes of a target were sent, in constant memory. It needs no rows about gaps: an interruption is
 * seen as probes that are missing, whatever its cause. A probe that could not be sent observes nothing.
 */
export class Coverage {
  observedMs: Millis = 0;
  /** The interruptions: the first ones, if there are very many. */
  readonly gaps: Span[] = [];
  firstAt: Millis | undefined;
  private latest: Millis | undefined;
  private steps = 0;
  private readonly spacing = new RunningQuantile(0.5);

  constructor(private readonly plan: { intervalMs: Millis; timeoutMs: Millis }) {}

  take({ at, outcome }: Sample): void {
    if (OUTCOMES[outcome.kind]?.witness !== 'echo') return;
    this.firstAt ??= at;
    this.latest ??= at;
    const before = this.latest;
    const step = at - before;
    if (step <= 0) return;
    this.latest = at;
    const usual = this.usual(step);
    const isGap = this.isGap(step, usual);
    this.observedMs += isGap ? Math.min(step, usual) : step;
    if (isGap && this.gaps.length < MAX_GAPS) this.gaps.push({ from: before + usual, to: at });
  }

  /** The stretches of the span in which nothing was probed, its beginning and its end included. */
  unobserved({ from, to }: Span): Span[] {
    if (this.firstAt === undefined || this.latest === undefined) return [{ from, to }];
    const usual = Math.max(this.plan.intervalMs, this.spacing.value ?? 0);
    const ends = [
      { from, to: this.firstAt },
      { from: this.latest + usual, to },
    ].filter(end => this.isGap(end.to - end.from, usual));
    return [...this.gaps, ...ends].sort((a, b) => a.from - b.from);
  }

  private isGap(step: Millis, usual: Millis): boolean {
    return step > MISSING * usual + this.plan.timeoutMs;
  }

  private usual(step: Millis): Millis {
    if (this.steps++ < LEARNED_FROM) this.spacing.add(step);
    return Math.max(this.plan.intervalMs, this.spacing.value ?? 0);
  }
}

/** For how long a target was probed, and that time as a share of the whole, in 0…1. */
export interface Observed {
  observedMs: Millis;
  coverage: number;
}

/** The time of a recording, and the part of it in which each target was probed. */
export class ObservedSpan {
  startedAt: Millis = Infinity;
  endedAt: Millis = -Infinity;
  private readonly coverages = new Map<TargetId, Coverage>();

  constructor(private readonly plan: { intervalMs: Millis; timeoutMs: Millis }) {}

  take(sample: Sample): void {
    if (sample.at < this.startedAt) this.startedAt = sample.at;
    if (sample.knownAt > this.endedAt) this.endedAt = sample.knownAt;
    getOrMake(this.coverages, sample.target, () => new Coverage(this.plan)).take(sample);
  }

  of(target: TargetId): Observed {
    const observedMs = toMicros(this.coverages.get(target)?.observedMs ?? 0);
    const wholeMs = this.endedAt - this.startedAt;
    // A recording without samples observed nothing.
    return { observedMs, coverage: wholeMs > 0 ? Math.min(1, observedMs / wholeMs) : 0 };
  }

  /** When the target was not probed. */
  unobserved(target: TargetId): Span[] {
    const span = { from: this.startedAt, to: this.endedAt };
    return this.coverages.get(target)?.unobserved(span) ?? [span];
  }

  targets(): (Observed & { target: TargetId })[] {
    return [...this.coverages.keys()].map(target => ({ target, ...this.of(target) }));
  }
}
