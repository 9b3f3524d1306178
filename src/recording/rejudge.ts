import type { DetectorChoice } from '../core/detector.js';
import type { LightState, MigrationEvent } from '../core/event.js';
import { Pipeline } from '../core/pipeline.js';
import type { Millis, TargetId } from '../core/sample.js';
import { type Atlas, type Frozen, freeze, SnapshotError, thaw } from '../core/snapshot.js';
import type { Step } from '../core/step.js';
import { Tally, TargetTally } from '../core/tally.js';
import { RecordingError, type Row } from './format.js';
import { LearnedParts } from './learned.js';
import { type Entry, isSample } from './reader.js';

const TALLY: Atlas = { blanks: { TargetTally: () => new TargetTally() } };

/** Judges a recording anew, as its session did or with other detectors. Can be kept and restored anywhere. */
export class Rejudge {
  tally = new Tally();
  /** The last light of every target. */
  readonly lights = new Map<TargetId, LightState>();
  /** The last word on every event that is open. */
  readonly open = new Map<string, MigrationEvent>();
  private pipeline: Pipeline;
  private parts = new LearnedParts();

  constructor(
    private readonly choices: readonly DetectorChoice[],
    private readonly holdMs: Millis,
  ) {
    this.pipeline = this.newPipeline();
  }

  /** The step that a sample led to. Throws a RecordingError for a state that does not fit these detectors. */
  take(entry: Entry): Step | undefined {
    if (!isSample(entry)) {
      this.heed(entry);
      return undefined;
    }
    const step = this.pipeline.step(entry);
    this.tally.take(step);
    for (const light of step.lights) this.lights.set(light.target, light);
    for (const event of step.events) {
      if (event.state === 'open') this.open.set(event.id, event);
      else this.open.delete(event.id);
    }
    return step;
  }

  snapshot(): Frozen {
    const { tally, lights, open } = this;
    return { pipeline: this.pipeline.snapshot(), shown: freeze({ tally, lights, open }, TALLY) };
  }

  /** Takes up what `snapshot` told. */
  restore(frozen: Frozen): void {
    const { pipeline, shown } = frozen as { pipeline: Frozen; shown: Frozen };
    this.learn(pipeline);
    const { lights, open } = this;
    this.tally = (thaw(shown, { tally: new Tally(), lights, open }, TALLY) as { tally: Tally }).tally;
  }

  private heed(row: Row): void {
    if (row.type === 'reset') this.tally.reset(row.data.target);
    if (row.type !== 'learned') return;
    const learned = this.parts.add(row.data);
    if (learned !== undefined) this.learn(learned);
  }

  private learn(state: Frozen): void {
    try {
      this.pipeline.restore(state);
    } catch (cause) {
      this.pipeline = this.newPipeline();
      if (!(cause instanceof SnapshotError)) throw cause;
      throw new RecordingError(
        `${cause.message}: made by another version of migwatch, or damaged`,
        undefined,
        {
          cause,
        },
      );
    }
  }

  private newPipeline(): Pipeline {
    return new Pipeline(this.choices, { holdMs: this.holdMs });
  }
}
