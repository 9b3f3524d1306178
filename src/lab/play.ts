import type { TruthItem } from '../evaluation/truth.js';
import type { Lab } from './lab.js';
import { type Claim, claimText, hypervisorSays } from './narrator.js';
import { sleep } from './time.js';
import type { Step } from './words/word.js';

type ScenarioAction = Exclude<Step, { do: 'say' | 'expect' }>;

/** A claim and the action that it is about. */
export interface Made {
  claim: Claim;
  truth: TruthItem;
}

/** Performs the steps one after the other and describes them. Resolves with the claims. */
export async function play(steps: readonly Step[], lab: Lab, tell: (text: string) => void): Promise<Made[]> {
  const made: Made[] = [];
  for (const step of steps) {
    const before = lab.truth.length;
    if (step.do === 'say') tell(step.text);
    else if (step.do === 'expect') {
      tell(claimText(step));
      const truth = lab.truth.at(-1);
      if (truth) made.push({ claim: step, truth });
    } else await perform(step, lab);
    for (const item of lab.truth.slice(before)) tell(hypervisorSays(item));
  }
  return made;
}

function perform<Kind extends ScenarioAction['do']>(
  step: Extract<ScenarioAction, { do: Kind }>,
  lab: Lab,
): Promise<void> | void {
  return ACTIONS[step.do as Kind](step, lab);
}

/** What each step does to the lab. */
const ACTIONS: {
  readonly [Kind in ScenarioAction['do']]: (
    step: Extract<ScenarioAction, { do: Kind }>,
    lab: Lab,
  ) => Promise<void> | void;
} = {
  wait: ({ ms }) => sleep(ms),
  migrate: (step, lab) => lab.eachVm(vm => vm.migrate(step)),
  pause: ({ ms }, lab) => lab.eachVm(vm => vm.pause(ms)),
  save: ({ ms }, lab) => lab.eachVm(vm => vm.save(ms)),
  reboot: (_, lab) => lab.eachVm(vm => vm.reboot()),
  date: ({ ms }, lab) => lab.eachVm(vm => vm.shiftClock(ms)),
  ghost: ({ ms }, lab) => lab.eachVm(vm => vm.ghost(ms)),
  cut: ({ what, ms, announcer }, lab) =>
    what === 'target' ? lab.eachVm(vm => vm.cut(ms, announcer)) : lab.cutShared(ms),
  away: (_, lab) => lab.eachVm(vm => vm.disconnect()),
  back: (_, lab) => lab.eachVm(vm => vm.connectAgain()),
  steal: ({ ms }, lab) => lab.eachVm(vm => vm.steal(ms)),
  takeover: (step, lab) => lab.eachVm(vm => vm.takeOver(step)),
  contend: ({ ms }, lab) => lab.contend(ms),
  link: ({ settings }, lab) => lab.setLink(settings),
  reroute: ({ what, delayMs }, lab) => lab.reroute(what, delayMs),
  police: ({ perSecond, ms }, lab) => lab.police(perSecond, ms),
};
