import type { TargetId } from '../../core/sample.js';
import type { TargetInfo } from '../../core/session-info.js';
import type { ListFact } from '../list/facts.js';
import { type List, listOf } from '../list/list.js';
import { SEVERITY } from '../list/order.js';
import type { Controls } from '../model/controls.js';
import { chosenTarget } from '../model/selection.js';
import type { ViewInputs } from './inputs.js';
import { lightOf } from './light.js';

/** The targets that match the filter, in the chosen order. */
export function listIn(moment: ViewInputs, { listing }: Controls): List {
  return moment.list ?? listOf(factsOf(moment), listing);
}

/** The target whose graph is shown: until the user chooses one, that with the worst light. */
export function chosenIn(
  { info: { targets } }: ViewInputs,
  { matching }: List,
  controls: Controls,
): TargetInfo | undefined {
  const idOf = ({ target }: TargetInfo) => target;
  const given = targets.map(idOf);
  const id = chosenTarget(
    controls,
    given,
    matching.map(({ target }) => idOf(target)),
    controls.chosen === undefined ? worstOf(matching, given) : undefined,
  );
  return targets.find(({ target }) => target === id);
}

/** The first target with the worst light, in the given order; undefined while all are green. */
function worstOf(facts: readonly ListFact[], given: readonly TargetId[]): TargetId | undefined {
  const worst = Math.max(0, ...facts.map(({ light }) => SEVERITY[light]));
  if (worst === 0) return undefined;
  const ids = new Set(
    facts.filter(({ light }) => SEVERITY[light] === worst).map(({ target }) => target.target),
  );
  return given.find(id => ids.has(id));
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
