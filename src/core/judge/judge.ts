import { getOrMake } from '../get-or-make.js';
import { observerOf } from '../observer.js';
import type { EvidenceWitness } from '../outcomes.js';
import type { Millis, Sample, TargetId } from '../sample.js';
import { count, inner, type Json, mapOf, part, text } from '../validation/saved-state.js';
import type { NamedVerdict } from '../verdict.js';
import type { Changes, JudgeContext } from './context.js';
import { allForward, countDisturbed, PeerGroup, type TimeSpan } from './peers.js';
import { SendDelays } from './send-delays.js';
import { TargetWatch } from './target-watch.js';

/** Limit of a loaded state: one entry per observer. */
const MAX_LAGS = 10_000;

const STATE = part<{ events: number; lags: Map<string, Json> }>(1, {
  events: count,
  lags: mapOf(inner, MAX_LAGS),
});
const WATCH = part<{ probe: string; watch: Json }>(1, { probe: text, watch: inner });

/** What the judge needs from the pipeline. */
export interface JudgePorts {
  /** The witness that a detector reads. */
  witnessOf(detector: string): EvidenceWitness;
  /** Whether an event, if it is a move, was planned. */
  expects(target: TargetId, eventId: string): boolean;
}

/** Merges the detectors' verdicts into one light a target and one event a disturbance. */
export class Judge {
  private readonly watches = new Map<TargetId, TargetWatch>();
  /** By prober: delays of a simulated target or of another observer do not affect our own probes. */
  private readonly sendDelays = new Map<string, SendDelays>();
  /** By observer: another one has other paths and another clock. */
  private readonly peerGroups = new Map<string, PeerGroup<TargetWatch>>();
  private events = 0;

  constructor(
    private readonly holdMs: Millis,
    private readonly ports: JudgePorts,
  ) {}

  observe(sample: Sample, verdicts: readonly NamedVerdict[]): Changes {
    if (sample.lagMs !== undefined) this.sendDelaysOf(sample).add(sample.at, sample.lagMs);
    const watch = this.watches.get(sample.target) ?? this.watchOf(sample);
    return watch.observe(sample, verdicts);
  }

  /** Drops all state of a target; the others are no longer compared with it. */
  drop(target: TargetId): void {
    const watch = this.watches.get(target);
    if (watch) this.peerGroupOf(target).remove(watch);
    this.watches.delete(target);
  }

  /** The state that belongs to no single target. */
  save(): Json {
    const lags = new Map([...this.sendDelays].map(([key, lag]) => [key, lag.save()]));
    return STATE.save({ events: this.events, lags });
  }

  /** Throws a StateError; the judge is of no use afterwards. */
  load(saved: Json): void {
    const { events, lags } = STATE.load(saved);
    this.events = events;
    for (const [key, lag] of lags) getOrMake(this.sendDelays, key, () => new SendDelays()).load(lag);
  }

  /** The state of a target that it has seen. */
  saveTarget(target: TargetId): Json {
    const watch = this.watches.get(target)!;
    return WATCH.save({ probe: watch.probe, watch: watch.save() });
  }

  /** Replaces the state of the target. Throws a StateError, and drops the target then. */
  loadTarget(target: TargetId, saved: Json): void {
    const { probe, watch } = WATCH.load(saved);
    this.drop(target);
    try {
      this.watchOf({ target, probe }).load(watch);
    } catch (error) {
      this.drop(target);
      throw error;
    }
  }

  private watchOf({ target, probe }: Pick<Sample, 'target' | 'probe'>): TargetWatch {
    return getOrMake(this.watches, target, () => {
      const watch = new TargetWatch(target, probe, this.holdMs, this.contextFor(target, probe));
      this.peerGroupOf(target).add(watch);
      return watch;
    });
  }

  private contextFor(target: TargetId, probe: string): JudgeContext {
    return {
      nextEventId: () => `e${++this.events}`,
      surroundings: (span: TimeSpan, slack: Millis) => ({
        lagMs: this.sendDelaysOf({ target, probe }).within({ from: span.from - slack, to: span.to + slack }),
        ...countDisturbed(this.peersOf(target), span, slack),
      }),
      witnessOf: detector => this.ports.witnessOf(detector),
      expects: eventId => this.ports.expects(target, eventId),
      everyClockForward: step => allForward(this.peersOf(target), step),
    };
  }

  private peersOf(target: TargetId): readonly TargetWatch[] {
    return this.peerGroupOf(target).peersOf(this.watches.get(target)!);
  }

  private peerGroupOf(target: TargetId): PeerGroup<TargetWatch> {
    return getOrMake(this.peerGroups, observerOf(target), () => new PeerGroup());
  }

  private sendDelaysOf({ target, probe }: Pick<Sample, 'target' | 'probe'>): SendDelays {
    return getOrMake(this.sendDelays, probe === 'sim' ? 'sim' : observerOf(target), () => new SendDelays());
  }
}
