#!/usr/bin/env node
import { type CommandLine, readCommandLine } from './command-line.js';
import { commandNames } from './commands.js';
import { deferred } from './core/deferred.js';
import { nearest } from './core/names.js';
import { type Ending, watch } from './main.js';
import { readWatchPlan } from './read-plan.js';
import { resolve } from './sources/resolve.js';
import { dashboardRefusal, restoreTerminal } from './system/terminal.js';
import { version } from './system/version.js';
import { parseTarget } from './targets.js';
import { printable } from './ui/text.js';
import { asUsage, UsageError } from './usage-error.js';

/** Every exit code of the program, and nothing else ends the process. */
const CODES = { done: 0, failed: 1, usage: 2, event: 3, SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

function say(text: string): void {
  process.stderr.write(`migwatch: ${text.split('\n').map(printable).join('\n  ')}\n`);
}

function exit(code: number): never {
  restoreTerminal();
  process.exit(code);
}

function fail(error: unknown): never {
  restoreTerminal();
  const isUsage = error instanceof UsageError;
  say(
    isUsage || process.env.MIGWATCH_DEBUG === undefined
      ? (error as Error).message
      : String((error as Error).stack),
  );
  return exit(isUsage ? CODES.usage : CODES.failed);
}

/** Resolves at the first signal that asks us to end; a second one ends us at once. */
function signalled(): Promise<Ending> {
  const { promise, resolve } = deferred<Ending>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.once(signal, () => exit(CODES[signal]));
      resolve(signal);
    });
  }
  return promise;
}

async function runWatch(line: CommandLine): Promise<number> {
  const plan = await asUsage(() => readWatchPlan(line));
  if (!line.explicit && line.words[0] !== undefined) await checkFirstWord(line.words[0]);
  const refusal = plan.headless ? undefined : dashboardRefusal(process.env, process.stdout);
  if (refusal && process.stdout.isTTY) say(`${refusal}; writing lines instead`);
  const { ending, failed } = await watch(
    { ...plan, headless: plan.headless || refusal !== undefined },
    { write: text => process.stdout.write(text), say, ended: signalled() },
  );
  return ending === 'done' && failed ? CODES.event : CODES[ending];
}

/** A first word that resembles a command and does not resolve was meant as one. */
async function checkFirstWord(word: string): Promise<void> {
  const meant = nearest(word, commandNames);
  if (meant === undefined) return;
  await resolve(parseTarget(word)).catch(cause => {
    throw new UsageError(
      `"${word}" is neither a command nor a host that resolves. Did you mean "${meant}"?`,
      { cause },
    );
  });
}

async function run(line: CommandLine): Promise<number> {
  if (line.flags.version) process.stdout.write(`${version}\n`);
  else if (line.flags.help) {
    const [{ helpText }, { detectors }] = await Promise.all([
      import('./help.js'),
      import('../detectors/index.js'),
    ]);
    process.stdout.write(`${helpText(detectors)}\n`);
  } else if (line.command === 'doctor') {
    const { doctor } = await import('./doctor.js');
    process.stdout.write(await doctor());
  } else return runWatch(line);
  return CODES.done;
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.stdout.on('error', cause => fail(new Error('standard output was closed by its reader', { cause })));

try {
  exit(await run(readCommandLine(process.argv.slice(2))));
} catch (error) {
  fail(error);
}
