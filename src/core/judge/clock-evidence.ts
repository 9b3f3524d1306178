import type { ClockStep } from '../clock/track.js';
import type { Millis } from '../sample.js';
import { type Disturbance, type Gap, receivedAt, type Sawtooth } from './disturbance.js';
import { type ClockEvidence, longestOf, sawtoothOf, type UsualLevel } from './features.js';
import { type ClockReadout, type GuestClock, type Silence, wentOn } from './guest-clock.js';

/** What else decides where in the disturbance to measure the step. */
interface Around {
  usualLevel: UsualLevel;
  since: Millis;
  now: Millis;
  /** The target was announced from a new location meanwhile. */
  announced: boolean;
}

/**
 * The step of the clock across the gap. Without a gap, across the sawtooth, or the latest step detected since `since`,
 * whichever is larger: a busy host queues packets too, shortly after a standstill that no echo saw.
 *
 * An announcement is checked against the clock: the step is measured across a single missing echo too, and if the clock
 * continued through the gap, a step detected beside it counts, since the guest may have moved then.
 */
export function clockEvidence(
  clock: GuestClock,
  disturbance: Disturbance,
  { usualLevel, since, now, announced }: Around,
  everyClockForward: (step: ClockStep) => boolean,
): ClockEvidence {
  const gaps = disturbance.gaps();
  const gap = longestOf(gaps);
  const bad = gap ?? sawtoothOf(disturbance, usualLevel) ?? (announced ? gaps.at(-1) : undefined);
  const over = clock.across(bad && silenceAround(disturbance, bad), since, now);
  const looksBeside = gap === undefined || (announced && !isStep(over));
  const noticed = looksBeside ? clock.noticed(since, now) : over;
  const finding = sizeOf(noticed) > sizeOf(over) ? noticed : over;
  if (finding.state !== 'read') return finding;
  const { step, stepMs, errorMs } = finding;
  return { state: 'read', stepMs, errorMs, everyClock: step !== undefined && everyClockForward(step) };
}

function silenceAround(disturbance: Disturbance, { first, last }: Gap | Sawtooth): Silence | undefined {
  const { before, after } = disturbance.goodAround(first, last);
  return before && { from: before.at, ...(after && { to: after.at, heardAt: receivedAt(after) }) };
}

function isStep(found: ClockReadout): boolean {
  return sizeOf(found) > 0 && found.state === 'read' && !wentOn(found);
}

/** The size of a step, or 0 if its error is too large to compare it. */
function sizeOf(found: ClockReadout): Millis {
  return found.state === 'read' && found.errorMs < Math.abs(found.stepMs) / 2 ? Math.abs(found.stepMs) : 0;
}
