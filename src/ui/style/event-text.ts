import { duration } from '../../core/format/duration.js';
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
    blackoutMs ? `blackout ${bounded(blackoutMs)}` : '',
    noticed,
    stuntimeMs === undefined ? '' : `stuntime ${duration(stuntimeMs)}`,
    `${percent(confidence)} sure`,
    evidence,
  ].filter(Boolean);
}

/** An estimate with its bounds, whose unit is left out where it is the same: `43.7 ms (42.9 to 44.5)`. */
function bounded({ estimate, low, high }: NonNullable<EventFacts['blackoutMs']>): string {
  const [middle, ...ends] = [estimate, low, high].map(duration);
  const unit = middle!.slice(middle!.indexOf(' '));
  const bare = ends.every(end => end.endsWith(unit)) ? ends.map(end => end.slice(0, -unit.length)) : ends;
  return `${middle} (${bare.join(' to ')})`;
}
