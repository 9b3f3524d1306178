import { getOrMake } from '../core/get-or-make.js';
import type { Millis, Sample, TargetId } from '../core/sample.js';
import { isRtt } from '../core/statistics/baseline.js';
import type { LevelChange, LevelTrack } from '../core/statistics/level-track.js';

/** A change of a target's level, and when the sample that confirmed it was known. */
export interface TargetChange extends LevelChange {
  target: TargetId;
  confirmedAt: Millis;
}

/** Collects the moments at which the level of each target's round trips moved for good. */
export class LevelChanges {
  readonly changes: TargetChange[] = [];
  private readonly tracks = new Map<TargetId, LevelTrack>();

  constructor(private readonly makeTrack: () => LevelTrack) {}

  take({ target, at, knownAt, outcome }: Sample): void {
    if (outcome.kind !== 'reply' || !isRtt(outcome.rttMs)) return;
    const change = getOrMake(this.tracks, target, this.makeTrack).add(at, outcome.rttMs);
    if (change) this.changes.push({ ...change, target, confirmedAt: knownAt });
  }
}
