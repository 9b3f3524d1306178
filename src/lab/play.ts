import type { Lab } from './lab.js';
import type { Step } from './scenario.js';
import { sleep } from './time.js';

/** Does the steps, one after the other. */
export async function play(steps: readonly Step[], lab: Lab): Promise<void> {
  for (const step of steps) await perform(step, lab);
}

function perform(step: Step, lab: Lab): Promise<void> | void {
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
