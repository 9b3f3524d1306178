import type { Light } from '../../core/event.js';
import type { Millis } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session.js';
import { lightOf } from '../view/light.js';
import type { ViewInputs } from '../view/view.js';

/** What a list is made by. */
export interface ListFact {
  target: TargetInfo;
  light: Light;
  /** Undefined before the first reply. */
  medianMs: Millis | undefined;
  /** In 0…1. */
  loss: number;
}

/** As they stand at that moment, in the order in which the targets were given. */
export function factsOf({ state, info, now }: ViewInputs): ListFact[] {
  return info.targets.map(target => {
    const tally = state.tally.of(target.target);
    return {
      target,
      light: lightOf(state.of(target.target), info, now).light,
      medianMs: tally.rtt.quantile(0.5),
      loss: tally.lossRate,
    };
  });
}
