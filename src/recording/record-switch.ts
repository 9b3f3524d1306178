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

/** A session's recording, which can be started and stopped at any time. Each call adds what happened as a row. */
export class RecordSwitch implements Sink {
  /** The closing messages of the recordings that ended. */
  readonly made: string[] = [];
  /** A recording ended without rows that could not be written. */
  incomplete = false;
  private recorder: Recorder | undefined;

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
    this.add({ type: 'note', data });
  }

  private add(row: Row): void {
    this.recorder?.add(row);
  }

  private say(text: string): void {
    if (!this.recorder) this.made.push(text);
    this.session.say(text);
  }
}
