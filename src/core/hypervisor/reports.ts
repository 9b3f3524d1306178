import type { MigrationEvent } from '../event.js';
import { getOrMake } from '../get-or-make.js';
import { type Changes, UNCHANGED } from '../judge/context.js';
import { MAX_TARGETS, type Millis, type Sample, type TargetId } from '../sample.js';
import type { Json } from '../validation/saved-state.js';
import { TargetReports } from './target-reports.js';

/** Whether the sample is what a hypervisor reported. */
export function isReported({ outcome: { kind } }: Sample): boolean {
  return kind === 'domain' || kind === 'job';
}

/** Puts what hypervisors report beside what the judge finds, for all targets. Pure: its inputs are samples and events. */
export class HypervisorReports {
  private readonly targets = new Map<TargetId, TargetReports>();

  constructor(private readonly holdMs: Millis) {}

  /** No hypervisor reported about any target. */
  get isEmpty(): boolean {
    return this.targets.size === 0;
  }

  /** Takes a sample of a hypervisor. Returns the events and the light that it changes. */
  take(sample: Sample): Changes {
    if (this.targets.size >= MAX_TARGETS && !this.targets.has(sample.target)) return UNCHANGED;
    const target = getOrMake(this.targets, sample.target, () => new TargetReports(this.holdMs));
    const events = target.take(sample);
    const light = target.lightAt(sample.knownAt, events);
    return { events, lights: light ? [light] : [] };
  }

  /** The judge's changes with what was reported. */
  join({ target, knownAt }: Sample, changes: Changes): Changes {
    const events = changes.events.map(event => this.joinOne(event, knownAt));
    const lights = changes.lights.flatMap(
      light => (this.targets.has(light.target) ? this.targets.get(light.target)!.light(light) : light) ?? [],
    );
    const own = this.targets.get(target)?.lightAt(knownAt, events);
    return { events, lights: own ? [...lights, own] : lights };
  }

  drop(target: TargetId): void {
    this.targets.delete(target);
  }

  /** Undefined for a target that no hypervisor reports about. */
  save(target: TargetId): Json | undefined {
    return this.targets.get(target)?.save();
  }

  /** Throws a StateError, and drops the target then. */
  load(target: TargetId, saved: Json | undefined): void {
    this.targets.delete(target);
    if (saved === undefined) return;
    const reports = new TargetReports(this.holdMs);
    reports.load(saved);
    this.targets.set(target, reports);
  }

  private joinOne(event: MigrationEvent, now: Millis): MigrationEvent {
    return this.targets.get(event.target)?.join(event, now) ?? event;
  }
}
