import { shortestSeen } from '../../core/capabilities.js';
import type { Light } from '../../core/event.js';
import { type NamedTarget, named } from '../../core/format/target-name.js';
import { printable } from '../../core/format/text.js';
import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import { canLearn } from './deciding.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

export interface ChosenView extends NamedTarget {
  address: string;
  light: Light;
  /** Its witnesses: echo, clock, announce. */
  witnesses: readonly string[];
  since: Millis | undefined;
  why: string;
  /** Without those that have nothing to learn from. */
  detectors: { name: string; state: string; why: string }[];
  /** The shortest blackout that surely becomes an event; undefined if the clock shows all. */
  shortestSeenMs: Millis | undefined;
}

export function chosenOf(moment: ViewInputs, target: TargetInfo): ChosenView {
  const { state, info, now } = moment;
  const known = state.of(target.target);
  const { light, why, at } = lightOf(known, info, now);
  const { verdicts } = known;
  return {
    ...named(target),
    address: printable(target.address),
    witnesses: target.witnesses.map(printable),
    light,
    shortestSeenMs: shortestSeen(target.witnesses, info.intervalMs),
    since: at,
    why: printable(why),
    detectors: verdicts
      .filter(({ detector, verdict }) => verdict.state !== 'learning' || canLearn(detector, moment, target))
      .map(({ detector, verdict }) => ({
        name: printable(detector),
        state: verdict.state,
        why: printable(verdict.why),
      })),
  };
}
