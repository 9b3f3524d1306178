#!/usr/bin/env node
import './system/usr1.js'; // first, so that the signal is ours before anything else runs

import type { Command } from './commands/index.js';
import { deferred } from './core/deferred.js';
import { CODES } from './exit-codes.js';
import type { Ending, SessionIo } from './main.js';
import { type CommandLine, readCommandLine } from './plan/command-line.js';
import { dropPrivileges } from './system/privileges.js';
import { restoreTerminal } from './system/terminal.js';
import { onUsr1 } from './system/usr1.js';
import { version } from './system/version.js';
import { printable } from './ui/words/text.js';
import { UsageError } from './usage-error.js';

/** Words of ours around a text of others, however long that is. */
const LONGEST_SAID = 4000;

function say(text: string): void {
  process.stderr.write(`migwatch: ${shortened(text).split('\n').map(printable).join('\n  ')}\n`);
}

/** Without its middle: what came stands at the beginning, and what to do at the end. */
function shortened(text: string): string {
  const half = LONGEST_SAID / 2;
  return text.length <= LONGEST_SAID ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** Nothing else ends the process. */
function exit(code: number): never {
  restoreTerminal();
  process.exit(code);
}

/** A slow reader still gets everything, unless a signal asked us to be gone. */
const PATIENCE_AFTER_SIGNAL_MS = 2000;

/** Resolves when standard output has taken all that was written: a pipe that is full takes it later. */
function drained(code: number): Promise<void> {
  const { promise, resolve } = deferred<void>();
  if (process.stdout.writableLength === 0) resolve();
  process.stdout.on('drain', resolve);
  if (code > 128) setTimeout(resolve, PATIENCE_AFTER_SIGNAL_MS);
  return promise;
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

let ended: Promise<Ending> | undefined;
const io: SessionIo = {
  write: text => process.stdout.write(text),
  say,
  onReread: onUsr1,
  /** Signals are ours from the moment at which somebody waits for them; until then they end us as usual. */
  get ended() {
    ended ??= signalled();
    return ended;
  },
};

async function help(command: Command | undefined): Promise<string> {
  const [{ helpText }, { detectors }] = await Promise.all([
    import('./help/help.js'),
    import('../detectors/index.js'),
  ]);
  return helpText(detectors, command);
}

async function runCommand(line: CommandLine): Promise<number> {
  const { command } = line;
  const remark = await dropPrivileges(command.rootFor);
  // Who probes shows it where the user looks.
  if (command.rootFor === 'sockets') io.remark = remark;
  else if (remark && !command.harmless) say(remark);
  return command.run(line, io);
}

async function run(argv: readonly string[]): Promise<number> {
  const line = readCommandLine(argv);
  if (line.flags.version) io.write(`${version}\n`);
  else if (line.flags.help) io.write(`${await help(line.explicit ? line.command : undefined)}\n`);
  else return runCommand(line);
  return CODES.done;
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.stdout.on('error', cause => fail(new Error('standard output was closed by its reader', { cause })));

try {
  const code = await run(process.argv.slice(2));
  await drained(code);
  exit(code);
} catch (error) {
  fail(error);
}
