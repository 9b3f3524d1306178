import { unknownName } from '../core/format/nearest-name.js';
import type { LabOptions } from './lab.js';
import { FLOW_WORDS } from './words/flow-words.js';
import { GUEST_WORDS } from './words/guest-words.js';
import { NETWORK_WORDS } from './words/network-words.js';
import { SETTING_WORDS } from './words/setting-words.js';
import type { Draft, Step, Words } from './words/word.js';

/** The options of the lab and the steps, with repetitions expanded. */
export interface Scenario {
  lab: LabOptions;
  steps: readonly Step[];
}

/** The language: the words that a line may start with. Each throws a RangeError that says what was expected. */
export const WORDS: Words = { ...FLOW_WORDS, ...GUEST_WORDS, ...NETWORK_WORDS, ...SETTING_WORDS };

/** Reads a scenario: one step a line, or several separated by `;`; `#` starts a comment. Throws a RangeError with the line's number. */
export function parseScenario(text: string): Scenario {
  const draft: Draft = { lab: {}, blocks: [{ times: 1, steps: [], line: 0 }] };
  text.split('\n').forEach((whole, index) => {
    for (const part of whole.replace(/#.*/, '').split(';')) readPart(part.trim(), draft, index + 1);
  });
  const { steps, line } = draft.blocks.at(-1)!;
  if (draft.blocks.length > 1) throw new RangeError(`line ${line}: this repeat has no end`);
  if (steps.length === 0)
    throw new RangeError('the scenario has no step: write one a line, such as "migrate"');
  checkAway(steps);
  checkHypervisors(draft.lab, steps);
  return { lab: draft.lab, steps };
}

/** Nothing but migrations, pauses and waits can be labelled while the network is away. */
function checkAway(steps: readonly Step[]): void {
  let isAway = false;
  for (const step of steps) {
    if ((step.do === 'back') !== isAway && (step.do === 'back' || step.do === 'away'))
      throw new RangeError(
        isAway ? 'away: the network is away already; write back first' : 'back: write away first',
      );
    if (step.do === 'away') isAway = true;
    else if (step.do === 'back') isAway = false;
    else if (isAway && !WHILE_AWAY.includes(step.do))
      throw new RangeError(`${step.do} between away and back: expected ${WHILE_AWAY.join(' or ')}`);
  }
  if (isAway) throw new RangeError('this away has no back');
}
/** libvirt ends the old copy of a guest, and only its daemons have several ways to migrate. */
function checkHypervisors({ libvirt, monitors }: LabOptions, steps: readonly Step[]): void {
  if (libvirt && monitors === 'hidden')
    throw new RangeError(
      'monitors hidden conceals what QEMU reports, and libvirtd reports it: leave one out',
    );
  for (const step of steps) {
    if (libvirt && step.do === 'ghost')
      throw new RangeError('ghost needs the old copy of the VM, which libvirt ends: write hypervisors qemu');
    if (!libvirt && step.do === 'migrate' && step.via !== undefined)
      throw new RangeError(`via=${step.via} is a way of libvirt: write hypervisors libvirt`);
  }
}

const WHILE_AWAY: readonly Step['do'][] = ['wait', 'migrate', 'pause', 'say'];

function readPart(part: string, draft: Draft, line: number): void {
  if (part === '') return;
  const [name = '', ...words] = part.split(/\s+/);
  if (!Object.hasOwn(WORDS, name))
    throw new RangeError(`line ${line}: ${unknownName('step', name, Object.keys(WORDS)).message}`);
  const word = WORDS[name]!;
  try {
    word.read(words, draft, line);
  } catch (cause) {
    throw new RangeError(`line ${line}: write ${word.usage}; expected ${(cause as Error).message}`, {
      cause,
    });
  }
}
