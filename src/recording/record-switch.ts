import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { MigrationEvent } from '../core/event.js';
import { elapsed } from '../core/format/duration.js';
import type { Millis, TargetId } from '../core/sample.js';
import type { TargetChange } from '../core/session-info.js';
import type { Sink, Step } from '../core/step.js';
import { monotonicNow } from '../system/clock.js';
import type { Lookback, Past } from './lookback.js';
import type { Recorded, RecordPlan } from './record-session.js';
import type { Recorder } from './recorder.js';
import type { Row, RowData } from './rows.js';

/** The part of a running recording that a screen shows. */
export interface RecordingState {
  name: string;
  bytes: number;
  /** Why it is not being written, in words. */
  trouble?: string;
}

/** The longest turn of passing on what was kept, so that probes, keys and the screen have theirs. */
const SLICE_MS: Millis = 10;

/** The most notes that wait for a recording. */
const MAX_NOTES = 1000;

/** A recording that began because a light turned red ends when none has been red for so long. */
const AFTER_RED_MS: Millis = 60_000;

/**
 * A session's recording, which can be started and stopped at any time, and begins with the last minutes if these are kept.
 * Each call adds what happened as a row.
 */
export class RecordSwitch implements Sink {
  /** The closing messages of the recordings that ended. */
  readonly made: string[] = [];
  /** A recording ended without rows that could not be written. */
  incomplete = false;
  /** At the end, the notes that no recording holds are saved in one of their own. */
  mustKeepNotes = false;
  private recorder: Recorder | undefined;
  /** The notes that no recording holds, oldest first. */
  private unrecorded: RowData['note'][] = [];
  /** The targets whose light is red, and when one was last. */
  private readonly red = new Set<TargetId>();
  private redAt: Millis = -Infinity;
  /** `over`: the recording of this red was stopped, or failed. */
  private recordingOfRed: 'none' | 'runs' | 'over' = 'none';
  /** The latest start, which may still load its modules. */
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private plan: RecordPlan,
    private readonly session: Recorded,
    private readonly lookback?: Lookback,
  ) {}

  get state(): RecordingState | undefined {
    if (!this.recorder) return undefined;
    const { path, size, trouble } = this.recorder;
    return { name: basename(path), bytes: size, ...(trouble !== undefined && { trouble }) };
  }

  /** Rejects when the file can't be created. Loads the recorder's modules at the first call. */
  start(): Promise<void> {
    const begun = this.starting.then(() => this.begin());
    this.starting = begun.catch(() => {});
    return begun;
  }

  private async begin(): Promise<void> {
    const { recordSession } = await import('./record-session.js');
    if (this.recorder) return;
    const past = this.lookback?.past;
    const recorder = recordSession(this.plan, { ...this.session, say: text => this.say(text) }, past);
    await this.addPast(recorder);
    // In the same turn as the end of the lookback: the next sample is the recorder's.
    this.recorder = recorder;
    if (past) this.sayHowLong(past);
    this.addNotes(recorder);
    // A second recording under the same name would overwrite the first.
    this.plan = { ...this.plan, file: undefined, force: false };
  }

  /** Passes on what the lookback keeps, in slices. The lookback takes what happens meanwhile. */
  private async addPast(recorder: Recorder): Promise<void> {
    let sliceFrom = monotonicNow();
    for (const entries of this.lookback?.drain() ?? []) {
      recorder.addPast(entries);
      if (monotonicNow() - sliceFrom < SLICE_MS) continue;
      await setImmediate();
      sliceFrom = monotonicNow();
    }
  }

  stop(): void {
    const { recorder } = this;
    this.recorder = undefined;
    if (!recorder) return;
    if (this.recordingOfRed === 'runs') this.recordingOfRed = 'over';
    this.lookback?.clear();
    for (const row of this.session.closing()) recorder.add(row);
    recorder.close();
    this.incomplete ||= recorder.incomplete;
    this.say(`recorded ${recorder.samples} samples in ${recorder.path}`);
  }

  /** Saves typed notes that no recording holds, in a recording without samples. */
  private async keepNotes(): Promise<void> {
    if (this.recorder || !this.mustKeepNotes || this.unrecorded.length === 0) return;
    const count = this.unrecorded.length === 1 ? '1 note' : `${this.unrecorded.length} notes`;
    try {
      const { recordSession } = await import('./record-session.js');
      const place = { ...this.plan, file: undefined, force: false };
      const recorder = recordSession(place, { ...this.session, opening: () => [] });
      this.addNotes(recorder);
      recorder.close();
      this.made.push(`${count} saved in ${recorder.path}`);
    } catch (error) {
      const texts = this.unrecorded.splice(0).map(({ text }) => `note: ${text}`);
      this.made.push(`${count} could not be saved: ${(error as Error).message}`, ...texts);
    }
  }

  /** Ends the recording, also one that is just being started, and saves notes that none holds. */
  async end(): Promise<void> {
    await this.starting;
    this.stop();
    await this.keepNotes();
  }

  /** Saves what is kept in memory, because the program fails. Never rejects: that would hide the failure. */
  async rescue(): Promise<void> {
    if (!this.lookback || this.recorder) return;
    try {
      await this.start();
      this.stop();
    } catch (error) {
      this.say(`the last minutes can't be saved: ${(error as Error).message}`);
    }
  }

  take(step: Step): void {
    (this.recorder ?? this.lookback)?.take(step);
    if (this.plan.atRed) this.followRed(step);
  }

  private followRed({ sample, lights }: Step): void {
    for (const { target, light } of lights)
      if (light === 'red') this.red.add(target);
      else this.red.delete(target);
    if (this.red.size > 0) this.redAt = sample.knownAt;
    if (this.recordingOfRed === 'none') {
      if (this.red.size > 0) this.recordRed();
    } else if (sample.knownAt - this.redAt >= AFTER_RED_MS) {
      const runs = this.recordingOfRed === 'runs';
      this.recordingOfRed = 'none';
      if (runs) this.stop();
    }
  }

  /** A recording that runs already goes on. */
  private recordRed(): void {
    this.recordingOfRed = this.recorder ? 'over' : 'runs';
    this.start().catch((error: Error) => {
      this.recordingOfRed = 'over';
      this.say(`can't record: ${error.message}`);
    });
  }

  private sayHowLong({ startedAt }: Past): void {
    const { name } = this.state!;
    this.say(`recording ${name} with the last ${elapsed(this.session.now() - startedAt)}`);
  }

  target({ at, action, info }: TargetChange, closed: readonly MigrationEvent[]): void {
    for (const data of closed) this.add({ type: 'event', data });
    if (action === 'removed') {
      this.red.delete(info.target);
      this.add({ type: 'removed', data: { at, target: info.target } });
    } else this.add({ type: 'target', data: { at, info } });
  }

  reset(data: RowData['reset']): void {
    this.add({ type: 'reset', data });
  }

  expect(data: RowData['expect']): void {
    this.add({ type: 'expect', data });
  }

  note(data: RowData['note']): void {
    if (this.recorder) this.add({ type: 'note', data });
    else this.unrecorded = [...this.unrecorded, data].slice(-MAX_NOTES);
  }

  private addNotes(recorder: Recorder): void {
    for (const data of this.unrecorded.splice(0)) recorder.add({ type: 'note', data });
  }

  private add(row: Row): void {
    (this.recorder ?? this.lookback)?.add(row);
  }

  private say(text: string): void {
    if (!this.recorder) this.made.push(text);
    this.session.say(text);
  }
}
