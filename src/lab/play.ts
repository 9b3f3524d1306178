import type { TruthItem } from '../evaluation/truth.js';
import type { Lab } from './lab.js';
import { type Claim, claimText, hypervisorSays } from './narrator.js';
import type { Step } from './scenario.js';
import { sleep } from './time.js';

type ScenarioAction = Exclude<Step, { do: 'say' | 'expect' }>;

/** A claim, and what of the truth it is about. */
export interface Made {
  claim: Claim;
  truth: TruthItem;
}

/** Does the steps, one after the other, and tells what is going on. Resolves with what was claimed. */
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

function perform(step: ScenarioAction, lab: Lab): Promise<void> | void {
  switch (step.do) {
    case 'wait':
      return sleep(step.ms);
    case 'migrate':
      return lab.migrate(step);
    case 'pause':
      return lab.pause(step.ms);
    case 'reboot':
      return lab.reboot();
    case 'cut':
      return step.what === 'target' ? lab.cutTarget(step.ms) : lab.cutShared(step.ms);
    case 'contend':
      return lab.contend(step.ms);
    case 'ghost':
      return lab.ghost(step.ms);
    case 'link':
      return lab.setLink(step.settings);
  }
}
