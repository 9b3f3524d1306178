import type { DetectorChoice } from '../core/detector.js';
import type { LightState, MigrationEvent } from '../core/event.js';
import { EVENT, LIGHT } from '../core/judge/event-codecs.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import { Pipeline } from '../core/pipeline.js';
import type { Millis, TargetId } from '../core/sample.js';
import { inner, type Json, list, object, part, StateError, text } from '../core/state.js';
import { Tally } from '../core/statistics/tally.js';
import type { Step } from '../core/step.js';
import type { Row, RowData } from '../recording/format.js';
import { type Entry, isSample } from '../recording/reader.js';
import { learnedBefore, STATE_VERSION, stateRows } from '../recording/state-rows.js';

/** Of more targets, the state of the detectors is not kept: each takes 50 kB. */
const MAX_KEPT = 2500;

const ANY_NUMBER = Number.MAX_SAFE_INTEGER;
const STATE = part<{
  session: Json;
  targets: { target: TargetId; saved: Json }[];
  tally: Json;
  lights: LightState[];
  open: MigrationEvent[];
}>(1, {
  session: inner,
  targets: list(object<{ target: TargetId; saved: Json }>({ target: text, saved: inner }), ANY_NUMBER),
  tally: inner,
  lights: list(LIGHT, ANY_NUMBER),
  open: list(EVENT, ANY_NUMBER),
});

/**
 * All that a session knows so far: what detectors and judge learned, the counts, the lights, what is open. Led by live
 * samples or by a recording, with the same or other detectors; kept and loaded anywhere.
 */
export class SessionEngine {
  tally = new Tally();
  /** The last light of every target. */
  readonly lights = new Map<TargetId, LightState>();
  /** The last word on every event that is open. */
  readonly open = new Map<string, MigrationEvent>();
  /** What the user should know: detectors that had to learn anew. */
  readonly notices: string[] = [];
  /** Who is going to move, as last told; absent outside of maintenance mode. */
  expectedMoves: RowData['expect'] | undefined;
  private pipeline: Pipeline;

  constructor(
    private readonly choices: readonly DetectorChoice[],
    private readonly holdMs: Millis,
  ) {
    this.pipeline = this.newPipeline();
  }

  /** The step that a sample led to. */
  take(entry: Entry): Step | undefined {
    if (!isSample(entry)) {
      this.apply(entry);
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

  /** Everything it knows, for `load`. */
  save(): Json {
    const { pipeline, tally, lights, open } = this;
    return STATE.save({
      session: pipeline.save(),
      targets: pipeline.targets.map(target => ({ target, saved: pipeline.saveTarget(target) })),
      tally: tally.save(),
      lights: [...lights.values()],
      open: [...open.values()],
    });
  }

  /** Knows afterwards what was saved, and nothing else. Throws a StateError, and then knows what it knew before. */
  load(saved: Json): void {
    const { session, targets, lights, open, ...state } = STATE.load(saved);
    const [pipeline, tally] = [this.newPipeline(), new Tally()];
    pipeline.load(session);
    for (const each of targets) pipeline.loadTarget(each.target, each.saved);
    tally.load(state.tally);
    this.pipeline = pipeline;
    this.tally = tally;
    this.lights.clear();
    for (const light of lights) this.lights.set(light.target, light);
    this.open.clear();
    for (const event of open) this.open.set(event.id, event);
  }

  /** How the maintenance stands; `over`, nothing more is waited for. Undefined outside of maintenance mode. */
  checklist(over = false): Checklist | undefined {
    return this.pipeline.maintenance.checklist(over);
  }

  /** What a recording that begins now has to begin with; says what it can't keep. */
  opening(say: (text: string) => void): Row[] {
    const kept = this.pipeline.targets.length <= MAX_KEPT;
    if (!kept) say('the state of so many detectors is not kept: they learn anew where the recording begins');
    return [
      ...(kept ? stateRows(this.pipeline) : []),
      ...(this.expectedMoves ? [{ type: 'expect' as const, data: this.expectedMoves }] : []),
      ...[...this.lights.values()].map(data => ({ type: 'light' as const, data })),
      ...[...this.open.values()].map(data => ({ type: 'event' as const, data })),
    ];
  }

  /** What a recording that ends now has to end with. */
  closing(at: Millis): Row[] {
    const checklist = this.checklist(true);
    return checklist ? [{ type: 'maintenance', data: { at, ...checklist } }] : [];
  }

  private apply(row: Row): void {
    if (row.type === 'reset') this.tally.reset(row.data.target);
    if (row.type === 'removed') this.remove(row.data);
    if (row.type === 'expect') {
      this.expectedMoves = row.data;
      this.pipeline.maintenance.expect(row.data);
    }
    if (row.type === 'learned' && learnedBefore(row.data))
      this.learnAnew('the recording holds their state as an older release saved it');
    if (row.type === 'state') this.takeState(row.data);
  }

  /** The session's own part comes first, and makes everything before it void; then a row for each target. */
  private takeState({ version, target, saved }: RowData['state']): void {
    try {
      if (version !== STATE_VERSION) throw new StateError(`version ${STATE_VERSION} was expected`);
      if (target !== undefined) this.pipeline.loadTarget(target, saved);
      else {
        const pipeline = this.newPipeline();
        pipeline.load(saved);
        this.pipeline = pipeline;
      }
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.learnAnew(`their state does not fit: ${error.message}`);
    }
  }

  /** Said once. */
  private learnAnew(why: string): void {
    if (this.notices.length === 0) this.notices.push(`detectors learn anew: ${why}`);
  }

  private newPipeline(): Pipeline {
    return new Pipeline(this.choices, { holdMs: this.holdMs });
  }
}
