import type { Millis } from '../../core/sample.js';
import type { TargetTally } from '../../core/statistics/target-tally.js';
import type { TimeWindow } from '../graph/window.js';
import type { HistoryReader, ProbeCounts } from '../history/range.js';

export const QUANTILES = [0.5, 0.9, 0.95, 0.99, 1] as const;

/** A target's RTT figures; undefined where they are unknown. */
export interface Figures {
  /** In the order of QUANTILES. */
  quantiles: readonly (Millis | undefined)[];
  jitter: Millis | undefined;
  sent: number;
  lost: number;
}

export interface FiguresView {
  window: Figures;
  session: Figures;
}

export function figuresOf(
  past: HistoryReader,
  { from, to }: TimeWindow,
  now: Millis,
  { tally, jitter }: { tally: TargetTally; jitter: Millis | undefined },
): FiguresView {
  return {
    window: figuresIn(past.counts(from, Math.min(to, now))),
    session: {
      quantiles: QUANTILES.map(share => tally.rtt.quantile(share)),
      jitter,
      sent: tally.received + tally.lost,
      lost: tally.lost,
    },
  };
}

/** Slots keep extremes and counts; quantiles need single probes. */
function figuresIn({ sent, lost, maxMs, rtts, jitterMs }: ProbeCounts): Figures {
  const sorted = Float64Array.from(rtts ?? []).sort();
  const most = Number.isNaN(maxMs) ? undefined : maxMs;
  return {
    quantiles: QUANTILES.map(share => (share === 1 ? most : sorted[Math.floor(share * (sorted.length - 1))])),
    jitter: jitterMs,
    ...{ sent, lost },
  };
}
