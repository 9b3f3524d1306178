import type { Checklist } from '../core/checklist.js';
import type { DetectorChoice } from '../core/detector.js';
import type { LightState, MigrationEvent } from '../core/event.js';
import { Pipeline } from '../core/pipeline.js';
import type { Millis, TargetId } from '../core/sample.js';
import { type Atlas, type Frozen, freeze, SnapshotError, thaw } from '../core/snapshot.js';
import type { Step } from '../core/step.js';
import { Tally, TargetTally } from '../core/tally.js';
import { RecordingError, type Row, type RowData } from './format.js';
import { LearnedParts, packLearned } from './learned.js';
import { type Entry, isSample } from './reader.js';

/** Of more targets, what was learned is not kept: each takes 130 kB and some milliseconds. */
const MOST_LEARNED = 2500;

const TALLY: Atlas = { blanks: { TargetTally: () => new TargetTally() } };

/**
 * All that a session knows so far: what detectors and judge learned, the counts, the lights, what is open. Led by live
 * samples or by a recording, with the same or other detectors; kept and restored anywhere.
 */
export class Judging {
  tally = new Tally();
  /** The last light of every target. */
  readonly lights = new Map<TargetId, LightState>();
  /** The last word on every event that is open. */
  readonly open = new Map<string, MigrationEvent>();
  /** What the user should know: detectors that had to learn anew. */
  readonly notices: string[] = [];
  /** Who is going to move, as last told; absent outside of maintenance mode. */
  planned: RowData['expect'] | undefined;
  private pipeline: Pipeline;
  private parts = new LearnedParts();

  constructor(
    private readonly choices: readonly DetectorChoice[],
    private readonly holdMs: Millis,
  ) {
    this.pipeline = this.newPipeline();
  }

  /** The step that a sample led to. */
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

  /**
   * A target is watched no more, and nothing is known of it afterwards. What was open is over: the last words on it, to
   * be told.
   */
  remove({ target, at }: RowData['removed']): MigrationEvent[] {
    const open = [...this.open.values()].filter(event => event.target === target);
    for (const { id } of open) this.open.delete(id);
    this.pipeline.forget(target);
    this.tally.remove(target);
    this.lights.delete(target);
    return open.map(event => ({ ...event, state: 'closed', endedAt: event.endedAt ?? at }));
  }

  snapshot(): Frozen {
    const { tally, lights, open } = this;
    return { pipeline: this.pipeline.snapshot(), shown: freeze({ tally, lights, open }, TALLY) };
  }

  /** Takes up what `snapshot` told. Throws a SnapshotError where that does not fit. */
  restore(frozen: Frozen): void {
    const { pipeline, shown } = frozen as { pipeline: Frozen; shown: Frozen };
    this.pipeline.restore(pipeline);
    const { lights, open } = this;
    this.tally = (thaw(shown, { tally: new Tally(), lights, open }, TALLY) as { tally: Tally }).tally;
  }

  /** How the maintenance stands; `over`, nothing more is waited for. Undefined outside of maintenance mode. */
  checklist(over = false): Checklist | undefined {
    return this.pipeline.maintenance.checklist(over);
  }

  /** What a recording that begins now has to begin with; says what it can't keep. */
  opening(say: (text: string) => void): Row[] {
    const learned = this.lights.size > MOST_LEARNED ? undefined : packLearned(this.pipeline.snapshot());
    if (!learned)
      say(
        `what detectors learned of so many targets is not kept: they learn anew where the recording begins`,
      );
    return [
      ...(learned ?? []),
      ...(this.planned ? [{ type: 'expect' as const, data: this.planned }] : []),
      ...[...this.lights.values()].map(data => ({ type: 'light' as const, data })),
      ...[...this.open.values()].map(data => ({ type: 'event' as const, data })),
    ];
  }

  /** What a recording that ends now has to end with. */
  closing(at: Millis): Row[] {
    const checklist = this.checklist(true);
    return checklist ? [{ type: 'maintenance', data: { at, ...checklist } }] : [];
  }

  private heed(row: Row): void {
    if (row.type === 'reset') this.tally.reset(row.data.target);
    if (row.type === 'removed') this.remove(row.data);
    if (row.type === 'expect') {
      this.planned = row.data;
      this.pipeline.maintenance.expect(row.data);
    }
    if (row.type !== 'learned') return;
    try {
      const learned = this.parts.add(row.data);
      if (learned !== undefined) this.pipeline.restore(learned);
    } catch (error) {
      if (!(error instanceof SnapshotError || error instanceof RecordingError)) throw error;
      this.pipeline = this.newPipeline();
      this.notices.push(`detectors learn anew: ${error.message} (made by another release, or damaged)`);
    }
  }

  private newPipeline(): Pipeline {
    return new Pipeline(this.choices, { holdMs: this.holdMs });
  }
}
