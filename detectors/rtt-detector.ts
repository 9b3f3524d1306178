import type { Detector } from '../src/core/detector.js';
import type { Millis, Sample } from '../src/core/sample.js';
import { Baseline, isRtt } from '../src/core/statistics/baseline.js';
import { inner, type Json, part, type Stateful } from '../src/core/validation/saved-state.js';
import { VERDICT, type Verdict } from '../src/core/verdict.js';
import { calm, LEARNING } from './verdicts.js';

/** What differs between the detectors that hold round trips against a baseline. */
export interface RttRule extends Stateful {
  /** Takes the next RTT and returns the statistic, which must be finite. */
  score(rttMs: Millis, baseline: Baseline): number;
  threshold(baseline: Baseline): number;
  /** The alarm in words. */
  why(rttMs: Millis, baseline: Baseline): string;
  /** The baseline was reset: drop what was compared with it. */
  restart(): void;
}

const STATE = part<{ rule: Json; baseline: Json; latest: Verdict }>(1, {
  rule: inner,
  baseline: inner,
  latest: VERDICT,
});

/**
 * Reads replies only. A loss is a censored RTT of unknown length: that is for
 * `loss`. A late reply's RTT is known, so it counts.
 */
export class RttDetector implements Detector, Stateful {
  private readonly baseline: Baseline;
  private latest: Verdict = LEARNING;

  /** `learns`: alarms wait until the baseline is ready. */
  constructor(
    private readonly rule: RttRule,
    options: { window: number; relearn: number },
    private readonly learns = true,
  ) {
    this.baseline = new Baseline(options);
  }

  observe({ outcome }: Sample): Verdict {
    if (outcome.kind === 'reply' && isRtt(outcome.rttMs)) this.latest = this.judge(outcome.rttMs);
    return this.latest;
  }

  save(): Json {
    return STATE.save({ rule: this.rule.save(), baseline: this.baseline.save(), latest: this.latest });
  }

  load(saved: Json): void {
    const { rule, baseline, latest } = STATE.load(saved);
    this.rule.load(rule);
    this.baseline.load(baseline);
    this.latest = latest;
  }

  private judge(rttMs: Millis): Verdict {
    const { baseline, rule } = this;
    if (this.learns && !baseline.ready) {
      rule.restart();
      baseline.learn(rttMs, false);
      return LEARNING;
    }
    const score = rule.score(rttMs, baseline);
    const threshold = rule.threshold(baseline);
    const alarm = score > threshold;
    const why = alarm ? rule.why(rttMs, baseline) : '';
    baseline.learn(rttMs, alarm);
    return alarm ? { state: 'alarm', score, threshold, why } : calm(this.latest, score, threshold);
  }
}

/** An RTT in words, to three digits. */
export function formatRtt(rttMs: Millis): string {
  return `${rttMs >= 100 ? rttMs.toFixed(0) : Number(rttMs.toPrecision(3))} ms`;
}
