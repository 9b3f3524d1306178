import { basename } from 'node:path';
import type { MigrationEvent } from '../core/event.js';
import type { TargetChange } from '../core/session-info.js';
import type { Sink, Step } from '../core/step.js';
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

/** The most notes that wait for a recording. */
const MAX_NOTES = 1000;

/** A session's recording, which can be started and stopped at any time. Each call adds what happened as a row. */
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

  constructor(
    private plan: RecordPlan,
    private readonly session: Recorded,
  ) {}

  get state(): RecordingState | undefined {
    if (!this.recorder) return undefined;
    const { path, size, trouble } = this.recorder;
    return { name: basename(path), bytes: size, ...(trouble !== undefined && { trouble }) };
  }

  /** Rejects when the file can't be created. Loads the recorder's modules at the first call. */
  async start(): Promise<void> {
    const { recordSession } = await import('./record-session.js');
    this.recorder ??= recordSession(this.plan, { ...this.session, say: text => this.say(text) });
    this.addNotes(this.recorder);
    // A second recording under the same name would overwrite the first.
    this.plan = { ...this.plan, file: undefined, force: false };
  }

  stop(): void {
    const { recorder } = this;
    this.recorder = undefined;
    if (!recorder) return;
    for (const row of this.session.closing()) recorder.add(row);
    recorder.close();
    this.incomplete ||= recorder.incomplete;
    this.say(`recorded ${recorder.samples} samples in ${recorder.path}`);
  }

  /** Saves typed notes that no recording holds, in a recording without samples. */
  async keepNotes(): Promise<void> {
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

  take(step: Step): void {
    this.recorder?.take(step);
  }

  target({ at, action, info }: TargetChange, closed: readonly MigrationEvent[]): void {
    for (const data of closed) this.add({ type: 'event', data });
    if (action === 'removed') this.add({ type: 'removed', data: { at, target: info.target } });
    else this.add({ type: 'target', data: { at, info } });
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
    this.recorder?.add(row);
  }

  private say(text: string): void {
    if (!this.recorder) this.made.push(text);
    this.session.say(text);
  }
}
