import { asUsage, UsageError } from '../../core/usage-error.js';
import type { ScreenName } from '../../plan/frontend-plan.js';
import type { SessionIo } from '../../session/io.js';
import type { CommandLine } from '../command-line.js';
import { codeOf } from '../exit-codes.js';
import type { Command } from './command.js';

export const watch: Command = {
  name: 'watch',
  summary: 'full-screen monitor, or JSON lines where there is no terminal (the default)',
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
    ] as const),
    ...([
      'detector',
      'duration',
      'speed',
      'hold',
      'record',
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

/** Watches on that screen, or says why not and writes lines. */
export async function watchOn(screen: ScreenName, line: CommandLine, io: SessionIo): Promise<number> {
  const [{ watch }, { readWatchPlan }, { dashboardRefusal }] = await Promise.all([
    import('../session/live.js'),
    import('../../plan/read-plan.js'),
    import('../../system/terminal.js'),
  ]);
  const plan = await asUsage(() => readWatchPlan(line));
  await checkFirstWord(line);
  const refusal = plan.headless ? undefined : dashboardRefusal(process.env, process.stdout);
  if (refusal && (process.stdout.isTTY || screen === 'pane')) io.say(`${refusal}; writing lines instead`);
  return codeOf(await watch({ ...plan, screen, headless: plan.headless || refusal !== undefined }, io));
}

/** A first word that resembles a command and does not resolve was meant as one. */
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
