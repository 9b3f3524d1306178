import { EVENT_KINDS, type EventKind, type MigrationEvent } from '../event.js';
import { getOrMake } from '../get-or-make.js';
import type { TargetId } from '../sample.js';
import type { Sink, Step } from '../step.js';
import { inner, type Json, mapOf, oneOf, part, type Stateful } from '../validation/saved-state.js';
import { MAX_EVENTS, SUMMARY, type TargetSummary, TargetTally } from './target-tally.js';

/** At most this many removed targets with events are kept; the oldest are dropped. */
const MAX_REMOVED_TARGETS = 10_000;

const STATE = part<{
  targets: Map<TargetId, Json>;
  kinds: Map<string, EventKind>;
  removed: Map<TargetId, TargetSummary>;
}>(1, {
  targets: mapOf(inner, Number.MAX_SAFE_INTEGER),
  kinds: mapOf(oneOf(...EVENT_KINDS), MAX_EVENTS),
  removed: mapOf(SUMMARY, MAX_REMOVED_TARGETS),
});

/** Counts a session, in memory that does not grow with its length. */
export class Tally implements Sink, Stateful {
  private targets = new Map<TargetId, TargetTally>();
  private kinds = new Map<string, EventKind>();
  /** Removed targets that had events, as they were then. */
  private removed = new Map<TargetId, TargetSummary>();

  constructor(targets: readonly TargetId[] = []) {
    for (const target of targets) this.add(target);
  }

  take(step: Step): void {
    const { target, outcome } = step.sample;
    const tally = this.targets.get(target) ?? this.add(target);
    tally.count(outcome);
    for (const event of step.events) {
      this.countEvent(event);
      if (event.reported?.state === 'unreported') this.add(event.target).countUnreported(event.id);
    }
  }

  /** The counts of a target. From now on it is in the summaries, even without a sample. */
  add(target: TargetId): TargetTally {
    return getOrMake(this.targets, target, () => this.begin(target));
  }

  /** The counts of a target, to read; zeros for one that is not in the tally. */
  of(target: TargetId): TargetTally {
    return this.targets.get(target) ?? new TargetTally();
  }

  /** The targets in the order in which they were named or first seen, then removed ones that had events. */
  targetSummaries(): TargetSummary[] {
    const present = [...this.targets].map(([target, tally]) => ({ target, ...tally.summary() }));
    return [...present, ...this.removed.values()];
  }

  /** Removes a target. Its events stay counted. */
  remove(target: TargetId): void {
    const tally = this.targets.get(target);
    this.targets.delete(target);
    if (!tally || Object.keys(tally.events).length === 0) return;
    this.removed.set(target, { target, ...tally.summary(), removed: true });
    if (this.removed.size > MAX_REMOVED_TARGETS) this.removed.delete(this.removed.keys().next().value!);
  }

  /** Resets the measurements of one target or of all. Events stay counted. */
  reset(target?: TargetId): void {
    for (const [id, tally] of this.targets) if (target === undefined || id === target) tally.clear();
  }

  /** A copy, which does not change. */
  copy(): Tally {
    const copy = new Tally();
    for (const [id, tally] of this.targets) copy.targets.set(id, tally.copy());
    for (const [id, kind] of this.kinds) copy.kinds.set(id, kind);
    for (const [id, summary] of this.removed) copy.removed.set(id, summary);
    return copy;
  }

  save(): Json {
    const { kinds, removed } = this;
    const targets = new Map([...this.targets].map(([target, tally]) => [target, tally.save()]));
    return STATE.save({ targets, kinds, removed });
  }

  load(saved: Json): void {
    const { targets, kinds, removed } = STATE.load(saved);
    const tallies = [...targets].map(([target, tally]) => [target, loadedTally(tally)] as const);
    this.targets = new Map(tallies);
    this.kinds = kinds;
    this.removed = removed;
  }

  /** A target that was removed and is added again keeps its events. */
  private begin(target: TargetId): TargetTally {
    const tally = new TargetTally();
    tally.events = { ...this.removed.get(target)?.events };
    this.removed.delete(target);
    return tally;
  }

  private countEvent({ id, target, kind }: MigrationEvent): void {
    const before = this.kinds.get(id);
    if (before === kind) return;
    const { events } = this.add(target);
    if (before && events[before] === 1) delete events[before];
    else if (before && events[before]) events[before]--;
    events[kind] = (events[kind] ?? 0) + 1;
    this.kinds.set(id, kind);
    if (this.kinds.size > MAX_EVENTS) this.kinds.delete(this.kinds.keys().next().value!);
  }
}

function loadedTally(saved: Json): TargetTally {
  const tally = new TargetTally();
  tally.load(saved);
  return tally;
}
