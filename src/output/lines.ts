import type { LightState, MigrationEvent } from '../core/event.js';
import { eventLine } from '../core/format/event-line.js';
import { safeJson } from '../core/format/safe-json.js';
import { utc } from '../core/format/utc.js';
import { type Checklist, isPassed } from '../core/maintenance/checklist.js';
import type { Note } from '../core/note.js';
import type { Millis, Outcome, Sample } from '../core/sample.js';
import type { SessionInfo, TargetChange, TargetInfo } from '../core/session.js';
import type { TargetSummary } from '../core/statistics/tally.js';
import type { Sink, Step } from '../core/step.js';
import type { Importance } from '../session/io.js';

/** Takes a line about the moment `at`. Where not all can be written, `importance` decides what is dropped. */
export type WriteLine = (line: string, importance: Importance, at: Millis) => void;

/** JSON Lines for scripts: one object a line, written at once. The fields are a promise to others: extend, never rename. */
export class HeadlessLines implements Sink {
  constructor(
    private readonly write: WriteLine,
    private readonly options: { samples: boolean },
  ) {}

  start({ version, startedAt, targets }: SessionInfo): void {
    const line = { type: 'start', version, at: utc(startedAt), targets: targets.map(targetFields) };
    this.line(startedAt, line, 'high');
  }

  take(step: Step): void {
    const { knownAt } = step.sample;
    if (this.options.samples) this.line(knownAt, sampleLine(step.sample), 'low');
    for (const light of step.lights) this.line(knownAt, lightLine(light));
    for (const event of step.events) this.line(knownAt, eventLine(event));
  }

  target({ at, action, info }: TargetChange, over: readonly MigrationEvent[]): void {
    for (const event of over) this.line(at, eventLine(event));
    this.line(at, { type: 'target', at: utc(at), action, ...targetFields(info) });
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

/** `simulated` is named only where it is. */
function targetFields({ simulated, ...target }: TargetInfo): object {
  return { ...target, ...(simulated && { simulated }) };
}

function lightLine({ at, target, light, why }: LightState): object {
  return { type: 'light', at: utc(at), target, light, why };
}

/** How a maintenance went, as the fields of a JSON line. */
export function maintenanceLine(at: Millis, checklist: Checklist): object {
  const { items, ...totals } = checklist;
  return {
    ...{ type: 'maintenance', at: utc(at), passed: isPassed(checklist), ...totals },
    targets: items.map(({ target, state, moves }) => ({
      ...{ target, state },
      moves: moves.map(({ startedAt, endedAt, ...move }) => ({
        ...move,
        startedAt: utc(startedAt),
        ...(endedAt !== undefined && { endedAt: utc(endedAt) }),
      })),
    })),
  };
}

/** A sample as the fields of a JSON line. */
export function sampleLine({ at, knownAt, target, probe, seq, outcome, lagMs }: Sample): object {
  return {
    type: 'sample',
    at: utc(at),
    knownAt: utc(knownAt),
    target,
    probe,
    seq,
    ...fieldsOf(outcome),
    ...(lagMs !== undefined && { lagMs }),
  };
}

/** A late reply is a kind of its own on the line. */
function fieldsOf(outcome: Outcome): object {
  if (outcome.kind !== 'reply') return outcome;
  const { late, ...rest } = outcome;
  return late ? { ...rest, kind: 'late' } : rest;
}
