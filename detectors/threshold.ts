import type { DetectorPlugin } from '../src/core/detector.js';
import type { Millis } from '../src/core/sample.js';
import { BASELINE_OPTIONS, type Baseline } from '../src/core/statistics/baseline.js';
import { RunMinimum } from '../src/core/statistics/run-minimum.js';
import type { OptionSpecs, Options } from '../src/core/validation/options.js';
import type { Json } from '../src/core/validation/saved-state.js';
import { formatRtt, RttDetector, type RttRule } from './rtt-detector.js';

/*
 * The plain rule: the RTT is too long, several times in a row.
 *
 * score = the smallest of the last `count` RTTs, ms.
 * threshold = `limit` where one is given, else max(`floor`, `factor` × the baseline's median), ms.
 *
 * Not for: shifts smaller than the factor, and blackouts that delay fewer than `count` replies.
 * Reference: the fixed limits of check_ping (Monitoring Plugins) and of service level agreements.
 */
const options = {
  limit: {
    default: 0,
    unit: 'ms',
    help: 'RTT limit; 0 derives it from the baseline',
    min: 0,
    max: 3_600_000,
  },
  factor: {
    default: 5,
    unit: 'medians',
    help: 'without limit: multiple of the usual RTT',
    min: 1.1,
    max: 10_000,
  },
  floor: {
    default: 10,
    unit: 'ms',
    help: 'without limit: an RTT below this is never too long',
    min: 0,
    max: 3_600_000,
  },
  count: {
    default: 3,
    unit: 'replies',
    help: 'slow replies in a row that raise an alarm',
    min: 1,
    max: 1000,
    whole: true,
  },
  ...BASELINE_OPTIONS,
} as const satisfies OptionSpecs;

class Threshold implements RttRule {
  private readonly run: RunMinimum;

  constructor(private readonly set: Options<typeof options>) {
    this.run = new RunMinimum(set.count);
  }

  score(rttMs: Millis): number {
    return Math.max(0, this.run.add(rttMs));
  }

  threshold(baseline: Baseline): number {
    const { limit, factor, floor } = this.set;
    return limit > 0 ? limit : Math.max(floor, factor * baseline.medianMs);
  }

  why(rttMs: Millis, baseline: Baseline): string {
    return `RTT ${formatRtt(rttMs)}, ${this.set.count} in a row above ${formatRtt(this.threshold(baseline))}`;
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

export const threshold: DetectorPlugin = {
  name: 'threshold',
  summary: 'RTT above a limit, or above a multiple of the usual RTT, several times in a row',
  reads: ['reply'],
  options,
  create: given => {
    const set = given as Options<typeof options>;
    return new RttDetector(new Threshold(set), set, set.limit === 0);
  },
};
