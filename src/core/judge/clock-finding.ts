import type { ClockStep } from '../clock-track.js';
import type { Millis } from '../sample.js';
import { type Episode, type Gap, receivedAt, type Sawtooth } from './episode.js';
import { type ClockFinding, type Habit, longestOf, sawtoothOf } from './findings.js';
import type { ClockFound, GuestClock, Silence } from './guest-clock.js';

/**
 * The clock's step over the episode's gap. Without one, over its sawtooth or the latest that was noticed since `since`,
 * whichever is larger: a busy host keeps packets too, shortly after a standstill that no echo saw.
 */
export function clockFinding(
  clock: GuestClock,
  episode: Episode,
  { habit, since, now }: { habit: Habit; since: Millis; now: Millis },
  everyClockForward: (step: ClockStep) => boolean,
): ClockFinding {
  const gap = longestOf(episode.gaps());
  const bad = gap ?? sawtoothOf(episode, habit);
  const over = clock.across(bad && silenceAround(episode, bad), since, now);
  const noticed = gap ? over : clock.noticed(since, now);
  const finding = sizeOf(noticed) > sizeOf(over) ? noticed : over;
  if (finding.state !== 'read') return finding;
  const { step, stepMs, errorMs } = finding;
  return { state: 'read', stepMs, errorMs, everyClock: step !== undefined && everyClockForward(step) };
}

function silenceAround(episode: Episode, { first, last }: Gap | Sawtooth): Silence | undefined {
  const { before, after } = episode.goodAround(first, last);
  return before && { from: before.at, ...(after && { to: after.at, heardAt: receivedAt(after) }) };
}

/** Of a step that is known well enough to be compared. */
function sizeOf(found: ClockFound): Millis {
  return found.state === 'read' && found.errorMs < Math.abs(found.stepMs) / 2 ? Math.abs(found.stepMs) : 0;
}
