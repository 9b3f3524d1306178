/**
 * The objects of the headless lines, which analyses and exports share; events have their own file. Other programs rely on
 * the fields: extend, never rename. Times are UTC, durations are milliseconds.
 */
import { capabilitiesOf } from '../capabilities.js';
import type { LightState } from '../event.js';
import { type Checklist, isPassed } from '../maintenance/checklist.js';
import type { Millis, Outcome, Sample } from '../sample.js';
import type { TargetInfo } from '../session-info.js';
import { utc } from './utc.js';

/** The fields of a target; `simulated` only if it is true, and what can't be reported only if there is something. */
export function targetFields({ simulated, ...target }: TargetInfo, intervalMs: Millis): object {
  const { cannot } = capabilitiesOf(target.witnesses, intervalMs);
  return {
    ...target,
    ...(simulated && { simulated }),
    ...(target.witnesses.length > 0 && cannot.length > 0 && { cannot }),
  };
}

/** The object of a line about a light. */
export function lightLine({ at, target, light, why }: LightState): object {
  return { type: 'light', at: utc(at), target, light, why };
}

/** The object of a line about the progress of a maintenance. */
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

/** The object of a line about a sample. */
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

/** On the line, a late reply is a kind of its own. */
function fieldsOf(outcome: Outcome): object {
  if (outcome.kind !== 'reply') return outcome;
  const { late, ...rest } = outcome;
  return late ? { ...rest, kind: 'late' } : rest;
}
