import { asUsage } from '../../core/usage-error.js';
import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';

export const replay: Command = {
  name: 'replay',
  summary: 'the same screen or lines, fed from a recording; --detector judges it anew',
  usage: 'RECORDING',
  flags: [
    ...([
      'speed',
      'detector',
      'hold',
      'headless',
      'samples',
      'fail-on',
      'color',
      'ascii',
      'theme',
      'mouse',
      'utc',
      'scale',
    ] as const),
    ...(['bell', 'on-event', 'dir', 'config'] as const),
  ],
  run: async (line, io) => {
    const [{ replay }, { readReplayPlan }, { dashboardRefusal }, { Progress }] = await Promise.all([
      import('../session/replay.js'),
      import('../../plan/read-replay-plan.js'),
      import('../../system/terminal.js'),
      import('../../output/progress.js'),
    ]);
    const plan = await asUsage(() => readReplayPlan(line));
    const headless = plan.headless || dashboardRefusal(process.env, process.stdout) !== undefined;
    return codeOf(await replay({ ...plan, headless }, io, new Progress('reading the recording')));
  },
};
