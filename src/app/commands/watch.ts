import { asUsage, UsageError } from '../../core/validation/usage-error.js';
import type { CommandLine } from '../../plan/command-line.js';
import type { ScreenName } from '../../plan/frontend-plan.js';
import type { SessionIo } from '../../session/io.js';
import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';

export const watch: Command = {
  name: 'watch',
  summary: 'full-screen monitor; JSON lines if there is no terminal (the default command)',
  usage: 'TARGET…',
  rootFor: 'sockets',
  flags: [
    ...([
      'interval',
      'timeout',
      'ipv4',
      'ipv6',
      'interface',
      'file',
      'config',
      'backend',
      'probe',
      'witness',
      'stream',
      'observer',
      'hypervisor',
      'wire',
      'canary',
    ] as const),
    ...([
      'detector',
      'duration',
      'speed',
      'hold',
      'record',
      'record-red',
      'lookback',
      'notes',
      'dir',
      'force',
      'headless',
      'samples',
      'fail-on',
      'expect',
      'budget',
      'bell',
      'on-event',
      'color',
      'ascii',
      'theme',
      'mouse',
      'utc',
      'slow',
      'scale',
    ] as const),
  ],
  run: (line, io) => watchOn('dashboard', line, io),
};

/** Watches on this screen, or reports why it can't and writes lines. */
export async function watchOn(screen: ScreenName, line: CommandLine, io: SessionIo): Promise<number> {
  const [{ watch }, { readWatchPlan }, { dashboardRefusal }] = await Promise.all([
    import('../session/live.js'),
    import('../../plan/read-plan.js'),
    import('../../system/terminal.js'),
  ]);
  const plan = await asUsage(() => readWatchPlan(line));
  await checkFirstWord(line);
  // The one-line mode writes for a program, such as tmux, and needs no terminal.
  const refusal =
    plan.headless || screen === 'line' ? undefined : dashboardRefusal(process.env, process.stdout);
  if (refusal && (process.stdout.isTTY || screen === 'pane')) io.say(`${refusal}; writing lines instead`);
  const headless = plan.headless || refusal !== undefined;
  const { tour, ...usual } = plan;
  const shown = headless || !tour ? usual : { ...plan, targets: [tour] };
  return codeOf(await watch({ ...shown, screen, headless }, io));
}

/** Throws a UsageError if the first word resembles a command and does not resolve as a host. */
async function checkFirstWord({ words: [word], resembles }: CommandLine): Promise<void> {
  if (word === undefined || resembles === undefined) return;
  const [{ resolve }, { parseTarget }] = await Promise.all([
    import('../../sources/resolve.js'),
    import('../../plan/targets.js'),
  ]);
  await resolve(parseTarget(word)).catch(cause => {
    throw new UsageError(
      `"${word}" is neither a command nor a host that resolves. Did you mean "${resembles}"?`,
      { cause },
    );
  });
}
