import type { TargetInfo } from '../../core/session-info.js';
import type { ListFact } from '../list/facts.js';
import { type List, listOf } from '../list/list.js';
import { type Controls, chosenTarget } from '../model/controls.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** The targets that match the filter, in the chosen order. */
export function listIn(moment: ViewInputs, { listing }: Controls): List {
  return moment.list ?? listOf(factsOf(moment), listing);
}

/** The target whose graph is shown. */
export function chosenIn(
  { info: { targets } }: ViewInputs,
  { matching }: List,
  controls: Controls,
): TargetInfo | undefined {
  const idOf = ({ target }: TargetInfo) => target;
  const id = chosenTarget(
    controls,
    targets.map(idOf),
    matching.map(({ target }) => idOf(target)),
  );
  return targets.find(({ target }) => target === id);
}

/** The figures of all targets at that moment, in the given order. */
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
