import type { DetectorChoice } from '../core/detector.js';
import type { LightState, MigrationEvent } from '../core/event.js';
import { EVENT, LIGHT } from '../core/judge/event-codecs.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import { Pipeline } from '../core/pipeline.js';
import { MAX_TARGETS, type Millis, type Sample, type TargetId } from '../core/sample.js';
import type { TargetChange, TargetInfo } from '../core/session-info.js';
import { Tally } from '../core/statistics/tally.js';
import type { Step } from '../core/step.js';
import { inner, type Json, list, object, part, StateError, text } from '../core/validation/saved-state.js';
import { type Entry, isSample } from '../recording/reader.js';
import type { Row, RowData, RowType } from '../recording/rows.js';
import { learnedBefore, STATE_VERSION, stateRows } from '../recording/state-rows.js';
import type { SessionSink } from './sink.js';

/** A recording that begins with more targets holds no detector state: it takes 50 kB a target. */
const MAX_SAVED_TARGETS = 2500;

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

/** Another place of a recording, and all that a session holds there. */
export interface EngineJump {
  /** From `save`. */
  state: Json;
  /** The events that were over by then. */
  events: readonly MigrationEvent[];
  targets: readonly TargetInfo[];
}

/**
 * A session, live or replayed: pipeline, counts, lights, open events and targets. Every change goes in through one call,
 * which applies it and then passes it to the sinks in the order in which they were attached. Opens no file and reads no
 * clock, so the same samples and rows always give the same steps.
 */
export class SessionEngine {
  /** One object for the whole session, so that screens may keep it. Each sample is counted here and nowhere else. */
  readonly tally = new Tally();
  /** The latest light of every target. */
  readonly lights = new Map<TargetId, LightState>();
  /** The latest state of every open event. */
  readonly open = new Map<string, MigrationEvent>();
  /** Messages for the user: detectors that start to learn again. */
  readonly notices: string[] = [];
  /** The latest list of expected moves; undefined outside of maintenance mode. */
  expectedMoves: RowData['expect'] | undefined;
  /** The user's own list for a recording, in place of the recorded ones. */
  private ownMoves: RowData['expect'] | undefined;
  private pipeline: Pipeline;
  /** Detectors lost their state, which is reported. */
  private relearns = false;
  private targets = new Map<TargetId, TargetInfo>();
  private readonly sinks: SessionSink[] = [];
  private readonly rowActions: { [Type in RowType]?: (data: RowData[Type]) => void } = {
    target: data => this.addOrUpdate(data),
    removed: data => this.remove(data),
    reset: data => this.reset(data),
    expect: data => void (this.ownMoves ?? this.expect(data)),
    note: data => this.note(data),
    state: data => this.loadState(data),
    learned: data => {
      if (learnedBefore(data)) this.relearn('the recording holds their state as an older release saved it');
    },
  };

  constructor(
    private readonly choices: readonly DetectorChoice[],
    private readonly holdMs: Millis,
  ) {
    this.pipeline = this.newPipeline();
  }

  /** The sink gets every change from now on. */
  attach(sink: SessionSink): void {
    this.sinks.push(sink);
  }

  /** Sets the targets that a session begins with. */
  begin(targets: readonly TargetInfo[]): void {
    this.targets = new Map(targets.map(info => [info.target, info]));
    for (const { target } of targets) this.tally.add(target);
  }

  /** Applies a sample, or a row of a recording. Returns the step of a sample. */
  take(entry: Entry): Step | undefined {
    if (isSample(entry)) return this.step(entry);
    this.apply(entry);
    return undefined;
  }

  /** Adds, updates or removes a target. A removal drops all its state and closes its open events. */
  change(change: TargetChange): void {
    const { at, action, info } = change;
    const { target } = info;
    const closed = action === 'removed' ? this.drop(target, at) : [];
    if (action !== 'removed') {
      this.targets.set(target, info);
      this.tally.add(target);
    }
    for (const sink of this.sinks) sink.target?.(change, closed);
  }

  /** Starts the counts of one target, or of all, again. */
  reset(reset: RowData['reset']): void {
    this.tally.reset(reset.target);
    for (const sink of this.sinks) sink.reset?.(reset);
  }

  /** Replaces the list of expected moves. */
  expect(moves: RowData['expect']): void {
    this.expectedMoves = moves;
    this.pipeline.maintenance.expect(moves);
    for (const sink of this.sinks) sink.expect?.(moves);
  }

  /**
   * Replaces the lists of expected moves of a recording by the user's own, from its beginning to its end. `past` are the
   * events that are over by now.
   */
  expectInstead(moves: RowData['expect'], past: readonly MigrationEvent[]): void {
    this.ownMoves = moves;
    this.restartMaintenance(past);
    this.expect(moves);
  }

  /** Passes a note to the sinks; it changes nothing here. */
  note(note: Note): void {
    for (const sink of this.sinks) sink.note?.(note);
  }

  /** Continues from another place of a recording. Throws a StateError if the state does not fit, and changes nothing then. */
  jump({ state, events, targets }: EngineJump): void {
    this.load(state);
    this.begin(targets);
    this.restartMaintenance(events);
    const restored = { lights: [...this.lights.values()], events: [...events, ...this.open.values()] };
    for (const sink of this.sinks) sink.jump?.(restored);
  }

  /** Returns the whole state, for `load`. */
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

  /** Replaces the whole state by a saved one. Throws a StateError if it does not fit, and changes nothing then. */
  load(saved: Json): void {
    const { session, targets, tally, lights, open } = STATE.load(saved);
    const pipeline = this.newPipeline();
    pipeline.load(session);
    for (const each of targets) pipeline.loadTarget(each.target, each.saved);
    this.tally.load(tally);
    this.pipeline = pipeline;
    this.lights.clear();
    for (const light of lights) this.lights.set(light.target, light);
    this.open.clear();
    for (const event of open) this.open.set(event.id, event);
  }

  /** The state of the maintenance; `over` if no more moves are awaited. Undefined outside of maintenance mode. */
  checklist(over = false): Checklist | undefined {
    return this.pipeline.maintenance.checklist(over);
  }

  /**
   * The rows that a recording begins with if it begins now. `say` gets a message if the state of detectors and judge is left
   * out, because there are more than `maxSaved` targets.
   */
  opening(say: (text: string) => void, maxSaved = MAX_SAVED_TARGETS): Row[] {
    const saved = this.pipeline.targets.length <= maxSaved;
    if (!saved)
      say(
        "the state of so many detectors can't be saved: they start to learn again at the start of the recording",
      );
    return [
      ...(saved ? stateRows(this.pipeline) : []),
      ...(this.expectedMoves ? [{ type: 'expect' as const, data: this.expectedMoves }] : []),
      ...[...this.lights.values()].map(data => ({ type: 'light' as const, data })),
      ...[...this.open.values()].map(data => ({ type: 'event' as const, data })),
    ];
  }

  /** The rows that a recording ends with if it ends now. */
  closing(at: Millis): Row[] {
    const checklist = this.checklist(true);
    return checklist ? [{ type: 'maintenance', data: { at, ...checklist } }] : [];
  }

  /** Undefined for a sample of a target that is not judged, since there are too many. */
  private step(sample: Sample): Step | undefined {
    if (!this.pipeline.admits(sample.target)) {
      this.report(`more than ${MAX_TARGETS} targets at once: the others are not judged`);
      return undefined;
    }
    const step = this.pipeline.step(sample);
    this.tally.take(step);
    for (const light of step.lights) this.lights.set(light.target, light);
    for (const event of step.events) {
      if (event.state === 'open') this.open.set(event.id, event);
      else this.open.delete(event.id);
    }
    for (const sink of this.sinks) sink.take?.(step);
    return step;
  }

  /** Rows of other types say nothing that changes a session. */
  private apply({ type, data }: Row): void {
    if (type !== 'unknown') (this.rowActions[type] as ((data: unknown) => void) | undefined)?.(data);
  }

  private addOrUpdate({ at, info }: RowData['target']): void {
    const action = this.targets.has(info.target) ? 'changed' : 'added';
    this.change({ at, action, info });
  }

  /** A recording that was cut may remove a target that it never added. */
  private remove({ at, target }: RowData['removed']): void {
    const info = this.targets.get(target);
    if (info) this.change({ at, action: 'removed', info });
    else this.drop(target, at);
  }

  /** Drops all state of a target. Returns its open events, closed. */
  private drop(target: TargetId, at: Millis): MigrationEvent[] {
    const open = [...this.open.values()].filter(event => event.target === target);
    for (const { id } of open) this.open.delete(id);
    this.pipeline.forget(target);
    this.tally.remove(target);
    this.lights.delete(target);
    this.targets.delete(target);
    return open.map(event => ({ ...event, state: 'closed', endedAt: event.endedAt ?? at }));
  }

  /** The session's own part comes first and makes all state before it void; then a row for each target follows. */
  private loadState({ version, target, saved }: RowData['state']): void {
    try {
      if (version !== STATE_VERSION) throw new StateError(`version ${STATE_VERSION} was expected`);
      if (target !== undefined) this.pipeline.loadTarget(target, saved);
      else {
        const pipeline = this.newPipeline();
        pipeline.load(saved);
        this.pipeline = pipeline;
        this.restartMaintenance([]);
      }
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.relearn(`their state does not fit: ${error.message}`);
    }
  }

  /** Applies the user's own list to the past; saved state holds the recorded one. */
  private restartMaintenance(past: readonly MigrationEvent[]): void {
    if (this.ownMoves) this.pipeline.maintenance.restart(this.ownMoves, [...past, ...this.open.values()]);
  }

  /** Reports once that detectors start to learn again. */
  private relearn(why: string): void {
    if (this.relearns) return;
    this.relearns = true;
    this.report(`detectors start to learn again: ${why}`);
  }

  /** Passes a message for the user to the sinks, once. */
  private report(notice: string): void {
    if (this.notices.includes(notice)) return;
    this.notices.push(notice);
    for (const sink of this.sinks) sink.notice?.(notice);
  }

  private newPipeline(): Pipeline {
    return new Pipeline(this.choices, { holdMs: this.holdMs });
  }
}
