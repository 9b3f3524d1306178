import { boundedDuration, duration } from '../../core/format/duration.js';
import { percent } from '../../core/format/units.js';
import type { Millis } from '../../core/sample.js';
import { downText } from './down-text.js';

/** The parts of an event that its description shows. */
export interface EventFacts {
  open: boolean;
  /** For how long its target has not answered, while the event is open. */
  downMs?: Millis | undefined;
  /** How it differs from the planned maintenance; empty if it does not. */
  plan: string;
  blackoutMs?: { estimate: Millis; low: Millis; high: Millis };
  stuntimeMs?: Millis;
  confidence: number;
  /** Whether viewers of its stream noticed; empty if unknown. */
  noticed: string;
  evidence: string;
}

/** The facts of an event, the most important first. */
export function describeEvent(event: EventFacts): string[] {
  const { open, downMs, plan, blackoutMs, noticed, stuntimeMs, confidence, evidence } = event;
  return [
    plan,
    downMs === undefined ? (open ? 'ongoing' : '') : downText(downMs),
    blackoutMs ? `blackout ${boundedDuration(blackoutMs)}` : '',
    noticed,
    stuntimeMs === undefined ? '' : `unreachable ${duration(stuntimeMs)}`,
    `${percent(confidence)} sure`,
    evidence,
  ].filter(Boolean);
}
