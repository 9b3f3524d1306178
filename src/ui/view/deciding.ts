import type { MigrationEvent } from '../../core/event.js';
import type { TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import { endOf } from '../history/event-log.js';
import { highestLevel, LIMIT } from '../history/level.js';
import type { Controls } from '../model/controls.js';
import type { SessionState } from '../model/state.js';
import { slotsOf } from './graph.js';
import type { ViewInputs } from './inputs.js';

/**
 * A target's detectors in the order in which their statistics are worth a look: those that alarmed in its shown or newest
 * event, of these first the ones that read the witness that decided; then the others.
 */
export function detectorsByDecision(
  { state, detectorWitnesses }: Pick<ViewInputs, 'state' | 'detectorWitnesses'>,
  target: TargetId,
  { event: shown }: Controls,
): string[] {
  const names = state.of(target).verdicts.map(({ detector }) => detector);
  const event = eventOf(state, target, shown);
  if (!event) return names;
  const [from, to] = [event.startedAt, Math.max(event.detectedAt, endOf(event)) + 1];
  const slots = slotsOf(state, target, { from, to, cells: 1 }, 1);
  const decided = event.evidence[0]?.witness;
  const rank = (name: string, index: number) => {
    if (highestLevel(slots, index, from, to) <= LIMIT) return 0;
    return detectorWitnesses?.get(name) === decided ? 2 : 1;
  };
  return names
    .map((name, index) => ({ name, rank: rank(name, index) }))
    .sort((a, b) => b.rank - a.rank)
    .map(({ name }) => name);
}

function eventOf(
  state: SessionState,
  target: TargetId,
  shown: string | undefined,
): MigrationEvent | undefined {
  const event = state.events.get(shown)?.event;
  if (event?.target === target) return event;
  return state.events.newestFirst().find(logged => logged.event.target === target)?.event;
}

/** A guest that answers no request for its time in this many milliseconds has no clock that can be read. */
const NO_CLOCK_AFTER_MS = 15_000;

/** Whether a detector has samples to learn from: its witness watches the target, and reports something. */
export function canLearn(
  detector: string,
  { state, now, detectorWitnesses }: Pick<ViewInputs, 'state' | 'now' | 'detectorWitnesses'>,
  { target, witnesses }: TargetInfo,
): boolean {
  const witness = detectorWitnesses?.get(detector);
  if (witness === undefined) return true;
  if (!witnesses.includes(witness)) return false;
  const { clock, history } = state.of(target);
  return witness !== 'clock' || clock.hasReadings || now - history.beganAt < NO_CLOCK_AFTER_MS;
}
