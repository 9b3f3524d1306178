import type { MigrationEvent } from '../core/event.js';
import { eventLine } from '../core/format/event-line.js';
import { lightLine, maintenanceLine, sampleLine, targetFields } from '../core/format/json-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import type { Checklist } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import type { Millis } from '../core/sample.js';
import type { SessionInfo, TargetChange } from '../core/session-info.js';
import type { TargetSummary } from '../core/statistics/target-tally.js';
import type { Sink, Step } from '../core/step.js';
import type { Importance } from '../session/io.js';
import { FlowLines } from './flow-lines.js';
import { JobLines } from './job-lines.js';

/** Writes a line about the moment `at`. If not all lines can be written, `importance` decides what is dropped. */
export type WriteLine = (line: string, importance: Importance, at: Millis) => void;

/** JSON Lines for scripts: one object a line, written at once. The fields are a promise to others: extend, never rename. */
export class HeadlessLines implements Sink {
  private readonly jobs = new JobLines();
  private readonly flows = new FlowLines();
  /** Of the session, once it started. */
  private intervalMs: Millis = 0;

  constructor(
    private readonly write: WriteLine,
    private readonly options: { samples: boolean },
  ) {}

  start({ version, startedAt, intervalMs, targets }: SessionInfo): void {
    this.intervalMs = intervalMs;
    const fields = targets.map(target => targetFields(target, intervalMs));
    this.line(startedAt, { type: 'start', version, at: utc(startedAt), targets: fields }, 'high');
  }

  take(step: Step): void {
    const { knownAt } = step.sample;
    if (this.options.samples) this.line(knownAt, sampleLine(step.sample), 'low');
    for (const job of this.jobs.linesFor(step)) this.line(knownAt, job);
    for (const flow of this.flows.linesFor(step)) this.line(knownAt, flow);
    for (const light of step.lights) this.line(knownAt, lightLine(light));
    for (const event of step.events) this.line(knownAt, eventLine(event));
  }

  target({ at, action, info }: TargetChange, closed: readonly MigrationEvent[]): void {
    for (const event of closed) this.line(at, eventLine(event));
    this.line(at, { type: 'target', at: utc(at), action, ...targetFields(info, this.intervalMs) });
  }

  note({ at, ...rest }: Note): void {
    this.line(at, { type: 'note', at: utc(at), ...rest });
  }

  maintenance(at: Millis, checklist: Checklist): void {
    this.line(at, maintenanceLine(at, checklist), 'high');
  }

  summary(at: Millis, targets: readonly TargetSummary[]): void {
    this.line(at, { type: 'summary', at: utc(at), targets }, 'high');
  }

  private line(at: Millis, object: object, importance: Importance = 'normal'): void {
    this.write(`${safeJson(object)}\n`, importance, at);
  }
}
