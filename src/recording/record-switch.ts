import { basename } from 'node:path';
import type { Sink, Step } from '../core/step.js';
import type { Row } from './format.js';
import type { Recorded, RecordPlan } from './record-session.js';
import type { Recorder } from './recorder.js';

/** What a screen shows of a recording that is being made. */
export interface RecordingState {
  name: string;
  bytes: number;
  /** What keeps it from being written, in words. */
  trouble?: string;
}

/** A session's recording, which can be begun and ended at any time. */
export class RecordSwitch implements Sink {
  /** The last words of the recordings that ended. */
  readonly made: string[] = [];
  /** A recording that ended lacks something that could not be written. */
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

  /** Rejects when the file can't be created. What it takes to record is loaded when it is first wanted. */
  async start(): Promise<void> {
    const { recordSession } = await import('./record-session.js');
    this.recorder ??= recordSession(this.plan, { ...this.session, say: text => this.say(text) });
    // A second one would have to overwrite the first.
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

  /** Must follow the judging of a sample at once. */
  take(step: Step): void {
    this.recorder?.take(step);
  }

  add(row: Row): void {
    this.recorder?.add(row);
  }

  /** Keeps the user's words about this moment. Throws while nothing is recorded. */
  note(text: string): void {
    if (!this.recorder) throw new Error('nothing is being recorded: begin with R');
    this.recorder.note(text);
  }

  private say(text: string): void {
    if (!this.recorder) this.made.push(text);
    this.session.say(text);
  }
}
