import type { DetectorPlugin } from '../src/core/detector.js';
import type { Millis } from '../src/core/sample.js';
import { BASELINE_OPTIONS, type Baseline } from '../src/core/statistics/baseline.js';
import { TwoSidedCusum } from '../src/core/statistics/cusum.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import type { Json } from '../src/core/validation/saved-state.js';
import { formatRtt, RttDetector, type RttRule } from './rtt-detector.js';

/*
 * A level that shifted and stays shifted, up or down: sums up what single round trips don't show.
 *
 * z = (ln(RTT + 0.2 ms) − median) / scale over a sliding window (see core/statistics/baseline.ts), clipped at ±`clip` so that no single
 * round trip weighs more (Lucas and Crosier 1982), then the two-sided tabular CUSUM
 * C⁺ = max(0, C⁺ + z − k), C⁻ = max(0, C⁻ − z − k). score = the larger; threshold = `h`, doubled while the
 * baseline is young. All in σ of normal noise.
 *
 * Not for: short disturbances, which it is slow to see. k and h are far above the textbook's (0.5 and 5): real
 * paths change their level by two or three σ for seconds at a time with nothing wrong, such as when a host's CPU
 * wakes up, and the textbook's h would alarm several times a minute.
 * Reference: Page, Continuous inspection schemes, Biometrika 1954; Lucas and Crosier, Robust CUSUM, 1982.
 */
const options = {
  k: { default: 5, unit: 'σ', help: 'half of the shift to detect', min: 0, max: 100 },
  h: { default: 30, unit: 'σ', help: 'sum that raises an alarm', min: 0.1, max: 10_000 },
  clip: { default: 10, unit: 'σ', help: 'the most that one round trip can count', min: 1, max: 1000 },
  ...BASELINE_OPTIONS,
} as const satisfies OptionSpecs;

class Cusum implements RttRule {
  private readonly sums: TwoSidedCusum;

  constructor(private readonly set: Options<typeof options>) {
    this.sums = new TwoSidedCusum(set.k);
  }

  /** The sums stop one step above the threshold, so that the alarm ends soon after its cause. */
  score(rttMs: Millis, baseline: Baseline): number {
    const { clip } = this.set;
    const z = Math.min(clip, Math.max(-clip, baseline.standardise(rttMs)));
    return this.sums.add(z, this.threshold(baseline) + clip);
  }

  threshold(baseline: Baseline): number {
    return this.set.h * baseline.caution;
  }

  why(rttMs: Millis, baseline: Baseline): string {
    const { high, low } = this.sums;
    const way = high > low ? 'risen from' : 'fallen from';
    return `RTT ${formatRtt(rttMs)}, ${way} ${formatRtt(baseline.medianMs)}: sum ${Math.max(high, low).toFixed(0)}σ above ${this.threshold(baseline)}σ`;
  }

  restart(): void {
    this.sums.reset();
  }

  save(): Json {
    return this.sums.save();
  }

  load(saved: Json): void {
    this.sums.load(saved);
  }
}

export const cusum: DetectorPlugin = {
  name: 'cusum',
  summary: 'RTT level that rose or fell for good (two-sided CUSUM of ln RTT)',
  reads: ['reply'],
  options,
  create: given => {
    const set = given as Options<typeof options>;
    return new RttDetector(new Cusum(set), set);
  },
};
