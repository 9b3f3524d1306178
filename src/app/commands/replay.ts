import { asUsage } from '../../core/validation/usage-error.js';
import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';
import { CONTEXT_FLAGS, contextOf } from './context.js';

export const replay: Command = {
  name: 'replay',
  summary: 'play a recording on the same screen, or as JSON lines; --detector judges it again',
  usage: 'RECORDING',
  flags: [
    ...([
      'speed',
      'detector',
      'as-recorded',
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
    ...(['bell', 'on-event', 'expect', 'budget', 'dir', 'config'] as const),
    ...CONTEXT_FLAGS,
  ],
  run: async (line, io) => {
    const [{ replay }, { readReplayPlan }, { dashboardRefusal }, { Progress }] = await Promise.all([
      import('../session/replay.js'),
      import('../../plan/read-replay-plan.js'),
      import('../../system/terminal.js'),
      import('../../output/progress.js'),
    ]);
    const plan = await asUsage(() => readReplayPlan(line));
    const context = await asUsage(() => contextOf(line.flags, io.say));
    const headless = plan.headless || dashboardRefusal(process.env, process.stdout) !== undefined;
    return codeOf(
      await replay(
        { ...plan, headless, ...(context && { context }) },
        io,
        new Progress('reading the recording'),
      ),
    );
  },
};
