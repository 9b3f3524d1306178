import { OUTCOMES } from '../core/outcomes.js';
import type { Millis, Sample } from '../core/sample.js';
import { RunningQuantile } from '../core/statistics/running-quantile.js';

/** Without a probe for so many intervals, beside the time until an outcome is known, nothing was observed. */
const MISSING = 10;
/** Probes that show the interval of the target, which may be longer than that of the plan. */
const LEARNED_FROM = 64;

/**
 * The time in which the probes of a target were sent, in constant memory. It needs no rows about gaps: an interruption is
 * seen as probes that are missing, whatever its cause. A probe that could not be sent observes nothing.
 */
export class Coverage {
  observedMs: Millis = 0;
  private latest: Millis | undefined;
  private steps = 0;
  private readonly spacing = new RunningQuantile(0.5);

  constructor(private readonly plan: { intervalMs: Millis; timeoutMs: Millis }) {}

  take({ at, outcome }: Sample): void {
    if (OUTCOMES[outcome.kind]?.witness !== 'echo') return;
    this.latest ??= at;
    const step = at - this.latest;
    if (step <= 0) return;
    this.latest = at;
    const usual = this.usual(step);
    this.observedMs += step > MISSING * usual + this.plan.timeoutMs ? Math.min(step, usual) : step;
  }

  private usual(step: Millis): Millis {
    if (this.steps++ < LEARNED_FROM) this.spacing.add(step);
    return Math.max(this.plan.intervalMs, this.spacing.value ?? 0);
  }
}
