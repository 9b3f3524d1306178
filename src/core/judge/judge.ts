import { getOrMake } from '../get-or-make.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import type { NamedVerdict } from '../verdict.js';
import { countDisturbed, OwnLag, type Span } from './neighbourhood.js';
import { type Bench, type Changes, TargetWatch } from './target-watch.js';

/** Merges the detectors' verdicts into one light a target and one event a disturbance. */
export class Judge {
  private readonly watches = new Map<TargetId, TargetWatch>();
  /** By prober: a simulated target's timer says nothing about the real probes. */
  private readonly lags = new Map<string, OwnLag>();
  private events = 0;

  constructor(private readonly holdMs: Millis) {}

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    if (sample.lagMs !== undefined) this.lagOf(sample.probe).add(sample.at, sample.lagMs);
    return this.watchOf(sample).observe(sample, verdicts);
  }

  private watchOf({ target, probe }: Sample): TargetWatch {
    return getOrMake(
      this.watches,
      target,
      () => new TargetWatch(target, probe, this.holdMs, this.benchFor(target, probe)),
    );
  }

  private benchFor(target: TargetId, probe: string): Bench {
    return {
      nextEventId: () => `e${++this.events}`,
      around: (span: Span, slack: Millis) => ({
        lagMs: this.lagOf(probe).within({ from: span.from - slack, to: span.to + slack }),
        ...countDisturbed(this.othersThan(target), span, slack),
      }),
    };
  }

  private *othersThan(target: TargetId): Iterable<TargetWatch> {
    const own = this.watches.get(target);
    for (const watch of this.watches.values()) if (watch !== own && !own?.simulated) yield watch;
  }

  private lagOf(probe: string): OwnLag {
    return getOrMake(this.lags, probe, () => new OwnLag());
  }
}
