import type { Claim } from '../narrator.js';
import { add, readChoice, timed, type Words } from './word.js';

const EXPECTED: readonly Claim['kind'][] = ['migration', 'pause', 'reboot', 'outage'];
const MAX_STEPS = 100_000;

/** When things are done, how often, and what is said about them. */
export const FLOW_WORDS: Words = {
  wait: timed('wait', 'do nothing'),
  contend: timed('contend', 'keep every CPU of this machine busy'),
  say: {
    usage: 'say TEXT',
    summary: 'show a note to the audience',
    read: (words, draft) => {
      if (words.length === 0) throw new RangeError('a text');
      add(draft, { do: 'say', text: words.join(' ') });
    },
  },
  expect: {
    usage: `expect ${EXPECTED.join('|')} plays|stalls`,
    summary: 'claim which event the last step causes, and what the viewer does meanwhile',
    read: ([kind, ...viewer], draft) =>
      add(draft, {
        do: 'expect',
        kind: readChoice(kind, EXPECTED),
        viewer: readChoice(viewer.join(' '), ['plays', 'stalls']),
      }),
  },
  repeat: {
    usage: 'repeat N … end',
    summary: 'repeat the steps up to end, N times',
    read: ([count, ...rest], draft, line) => {
      const times = Number(count);
      if (rest.length > 0 || !Number.isInteger(times) || times < 1)
        throw new RangeError(`a whole number from 1, not "${[count, ...rest].join(' ')}"`);
      draft.blocks.push({ times, steps: [], line });
    },
  },
  end: {
    usage: 'end',
    summary: 'close the last repeat',
    read: (words, draft) => {
      if (words.length > 0 || draft.blocks.length === 1)
        throw new RangeError('a repeat above it, and nothing after it');
      const { times, steps } = draft.blocks.pop()!;
      if (times * steps.length > MAX_STEPS) throw new RangeError(`at most ${MAX_STEPS} steps in all`);
      for (let n = 0; n < times; n++) for (const step of steps) add(draft, step);
    },
  },
};
