import { getOrMake } from '../get-or-make.js';
import { observerOf } from '../observer.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import { type Atlas, type Frozen, freeze, thaw } from '../snapshot.js';
import type { NamedVerdict } from '../verdict.js';
import type { Bench, Changes } from './bench.js';
import { Episode } from './episode.js';
import { allForward, countDisturbed, Neighbourhood, OwnLag, type Span } from './neighbourhood.js';
import { RULES } from './rules.js';
import { TargetWatch } from './target-watch.js';

/** The judge's own pieces that come and go. */
const ATLAS: Atlas = {
  blanks: {
    Episode: () => new Episode([], 0),
    OwnLag: () => new OwnLag(),
  },
  constants: Object.fromEntries(RULES.map(rule => [`${rule.kind}: ${rule.why}`, rule])),
};

/** Merges the detectors' verdicts into one light a target and one event a disturbance. */
export class Judge {
  private readonly watches = new Map<TargetId, TargetWatch>();
  /** By who probes: a simulated target's timer says nothing about the real probes, nor another observer's about ours. */
  private readonly lags = new Map<string, OwnLag>();
  /** By observer: what another sees came over other paths, and by another clock than ours. */
  private readonly neighbourhoods = new Map<string, Neighbourhood<TargetWatch>>();
  private events = 0;

  /** `expects` tells whether an event, if it is a move, was planned. */
  constructor(
    private readonly holdMs: Millis,
    private readonly expects: (target: TargetId, eventId: string) => boolean = () => false,
  ) {}

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    if (sample.lagMs !== undefined) this.lagOf(sample).add(sample.at, sample.lagMs);
    return this.watchOf(sample).observe(sample, verdicts);
  }

  /** Knows nothing of a target any more, and the others are no longer compared with it. */
  forget(target: TargetId): void {
    const watch = this.watches.get(target);
    if (watch) this.neighbourhoodOf(target).remove(watch);
    this.watches.delete(target);
  }

  snapshot(): Frozen {
    const { watches, lags, events } = this;
    const probes = [...watches].map(([target, watch]) => [target, watch.probe]);
    return freeze({ probes, watches, lags, events }, ATLAS);
  }

  /** Knows afterwards what `snapshot` told, and nothing else. Throws a SnapshotError where that does not fit. */
  restore(frozen: Frozen): void {
    this.watches.clear();
    this.neighbourhoods.clear();
    for (const [target, probe] of (frozen as { probes: [TargetId, string][] }).probes)
      this.watchOf({ target, probe });
    const { watches, lags, events } = this;
    const state = thaw(frozen, { watches, lags, events }, ATLAS) as { events: number };
    this.events = state.events;
  }

  private watchOf({ target, probe }: Pick<Sample, 'target' | 'probe'>): TargetWatch {
    return getOrMake(this.watches, target, () => {
      const watch = new TargetWatch(target, probe, this.holdMs, this.benchFor(target, probe));
      this.neighbourhoodOf(target).add(watch);
      return watch;
    });
  }

  private benchFor(target: TargetId, probe: string): Bench {
    return {
      nextEventId: () => `e${++this.events}`,
      around: (span: Span, slack: Millis) => ({
        lagMs: this.lagOf({ target, probe }).within({ from: span.from - slack, to: span.to + slack }),
        ...countDisturbed(this.neighboursOf(target), span, slack),
      }),
      expects: eventId => this.expects(target, eventId),
      everyClockForward: step => allForward(this.neighboursOf(target), step),
    };
  }

  private neighboursOf(target: TargetId): readonly TargetWatch[] {
    return this.neighbourhoodOf(target).othersThan(this.watches.get(target)!);
  }

  private neighbourhoodOf(target: TargetId): Neighbourhood<TargetWatch> {
    return getOrMake(this.neighbourhoods, observerOf(target), () => new Neighbourhood());
  }

  private lagOf({ target, probe }: Pick<Sample, 'target' | 'probe'>): OwnLag {
    return getOrMake(this.lags, probe === 'sim' ? 'sim' : observerOf(target), () => new OwnLag());
  }
}
