import type { DetectorPlugin } from '../src/core/detector.js';
import type { Millis } from '../src/core/sample.js';
import { BASELINE_OPTIONS, type Baseline } from '../src/core/statistics/baseline.js';
import { TwoSidedRunMinimum } from '../src/core/statistics/run-minimum.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import type { Json } from '../src/core/validation/saved-state.js';
import { formatRtt, RttDetector, type RttRule } from './rtt-detector.js';

/*
 * Round trips far outside the target's habit, several in a row and all on the same side.
 *
 * z = (ln(RTT + 0.2 ms) − median) / scale, both over a sliding window (see core/statistics/baseline.ts).
 * score = the smallest of the last `count` z, or of their negatives; in σ of normal noise.
 * threshold = `limit`, doubled while the baseline is young. With count = 1 this is Shewhart's chart.
 *
 * Not for: small shifts that last (cusum sums those up), and blackouts that delay fewer than `count` replies.
 * One round trip alone is no evidence: a busy scheduler delays single ones many times an hour.
 * Reference: Shewhart, Economic Control of Quality, 1931; Iglewicz and Hoaglin 1993 for the robust z.
 */
const options = {
  limit: { default: 14, unit: 'σ', help: 'an RTT with a z farther from 0 is unusual', min: 0.1, max: 1000 },
  count: {
    default: 3,
    unit: 'replies',
    help: 'unusual replies in a row that raise an alarm',
    min: 1,
    max: 1000,
    whole: true,
  },
  ...BASELINE_OPTIONS,
} as const satisfies OptionSpecs;

class ZScore implements RttRule {
  private readonly run: TwoSidedRunMinimum;

  constructor(private readonly set: Options<typeof options>) {
    this.run = new TwoSidedRunMinimum(set.count);
  }

  score(rttMs: Millis, baseline: Baseline): number {
    return this.run.add(baseline.standardise(rttMs));
  }

  threshold(baseline: Baseline): number {
    return this.set.limit * baseline.caution;
  }

  why(rttMs: Millis, baseline: Baseline): string {
    const z = baseline.standardise(rttMs);
    const side = z > 0 ? 'above' : 'below';
    return `RTT ${formatRtt(rttMs)}, ${Math.abs(z).toFixed(0)}σ ${side} ${formatRtt(baseline.medianMs)}, ${this.set.count} in a row`;
  }

  restart(): void {
    this.run.reset();
  }

  save(): Json {
    return this.run.save();
  }

  load(saved: Json): void {
    this.run.load(saved);
  }
}

export const zScore: DetectorPlugin = {
  name: 'z-score',
  summary: 'RTT far from its usual values (robust z of ln RTT), several times in a row',
  reads: ['reply'],
  options,
  create: given => {
    const set = given as Options<typeof options>;
    return new RttDetector(new ZScore(set), set);
  },
};
