import type { Question } from './question.js';
import { msWords } from './words.js';

const unsent: Question = {
  asks: 'Could our probes leave?',
  witness: 'prober',
  findings: [{ id: 'probes-not-sent', weights: { local: 30 }, holds: ({ unsent }) => unsent > 0 }],
  describe: ({ unsent }) =>
    unsent > 0 ? [{ summary: `${unsent} probes could not be sent`, value: unsent }] : [],
};

const late: Question = {
  asks: 'Did our probes leave in time?',
  witness: 'prober',
  findings: [
    {
      id: 'probes-sent-late',
      weights: { local: 25 },
      holds: ({ lagMs, gapMs, lengthMs }) => lagMs > 0 && lagMs >= Math.max(gapMs, lengthMs) / 2,
    },
  ],
  describe: ({ lagMs }) =>
    lagMs > 0 ? [{ summary: `a probe left ${msWords(lagMs)} late`, value: lagMs, unit: 'ms' }] : [],
};

export const OWN_QUESTIONS: readonly Question[] = [unsent, late];
