import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';

export const guest: Command = {
  name: 'guest',
  summary: 'inside a VM: what it sees of migrations itself, and what its cloud announces, as JSON lines',
  usage: '',
  flags: ['source', 'duration'],
  run: async ({ words, flags }, io) => {
    const [{ watchGuest }, { texts }, { asUsage, UsageError }, { parseDuration }] = await Promise.all([
      import('../session/guest.js'),
      import('../../plan/settings.js'),
      import('../../core/validation/usage-error.js'),
      import('../../core/format/duration.js'),
    ]);
    if (words.length > 0) throw new UsageError('migwatch guest takes no TARGET: it looks at this VM');
    const { chooseSources } = await import('../../../probes/guest/index.js');
    const { duration } = flags;
    const plan = await asUsage(() => ({
      sources: chooseSources(texts(flags.source)),
      durationMs: typeof duration === 'string' ? parseDuration(duration) : undefined,
    }));
    return codeOf(await watchGuest(plan, io));
  },
};
