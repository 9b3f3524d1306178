#!/usr/bin/env node
import './system/usr1.js'; // first, so that SIGUSR1 is handled before anything else runs

import { isatty } from 'node:tty';
import { dropPrivileges } from '../probes/privileged/privileges.js';
import type { Command } from './app/commands/command.js';
import { commands } from './app/commands/index.js';
import { CODES } from './app/exit-codes.js';
import { printable } from './core/format/text.js';
import { UsageError } from './core/validation/usage-error.js';
import { OutputQueue } from './output/output-queue.js';
import { type CommandLine, readCommandLine } from './plan/command-line.js';
import type { Ending, SessionIo } from './session/io.js';
import { deferred } from './system/deferred.js';
import { standardStream } from './system/standard-stream.js';
import { releaseTerminal, restoreTerminal } from './system/terminal.js';
import { onUsr1 } from './system/usr1.js';
import { version } from './system/version.js';

/** Characters of a message on standard error. Messages quote texts from outside, which may be of any length. */
const MAX_MESSAGE_LENGTH = 4000;

const stdout = new OutputQueue(standardStream(1), isatty(1));
const stderr = new OutputQueue(standardStream(2), isatty(2));

/** Drops the message if standard error is not read, so that a session neither ends nor runs out of memory. */
function say(text: string): void {
  if (stderr.accepts('low'))
    stderr.write(`migwatch: ${shortened(text).split('\n').map(printable).join('\n  ')}\n`);
}

/** The text without its middle: a message begins with what is wrong and ends with what to do. */
function shortened(text: string): string {
  const half = MAX_MESSAGE_LENGTH / 2;
  return text.length <= MAX_MESSAGE_LENGTH ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** The only place that ends the process. */
function exit(code: number): never {
  restoreTerminal();
  releaseTerminal();
  process.exit(code);
}

/** Time for a reader of our output to finish after a signal, and for a reader of our messages. */
const READER_TIMEOUT_MS = 2000;

const never = new Promise<never>(() => {});
const readerTimeout = () => new Promise<void>(done => setTimeout(done, READER_TIMEOUT_MS));

/**
 * Resolves with the final exit code once standard output was read. Waits for a slow reader without limit, except after a
 * signal.
 */
async function delivered(code: number): Promise<number> {
  const read = stdout.settled().then(() => code);
  const interrupted = (ended ?? never).then(async signal => {
    await readerTimeout();
    return code || CODES[signal];
  });
  const final = await Promise.race([read, interrupted]);
  if (!stdout.failure && !stdout.isIdle)
    say('standard output was not read to the end: its last lines are lost');
  await Promise.race([stderr.settled(), readerTimeout()]);
  return stdout.failure?.kind === 'failed' ? CODES.failed : final;
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

/**
 * Resolves at the first signal that asks the process to end. A second SIGINT or SIGTERM ends the process at once. A second
 * SIGHUP does not: the shell of a closed terminal sends one, and the kernel sends another when that shell exits, which may
 * be before the recording is complete.
 */
function signalled(): Promise<Ending> {
  const { promise, resolve } = deferred<Ending>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      process.once(signal, () => exit(CODES[signal]));
      resolve(signal);
    });
  process.on('SIGHUP', () => resolve('SIGHUP'));
  return promise;
}

let ended: Promise<Ending> | undefined;
const io: SessionIo = {
  write: text => stdout.write(text),
  output: stdout,
  say,
  onReread: onUsr1,
  /** Signals are handled from the first read of this property on; before that, they end the process as usual. */
  get ended() {
    ended ??= signalled();
    return ended;
  },
};

async function help(command: Command | undefined): Promise<string> {
  const [{ helpText }, { detectors }] = await Promise.all([
    import('./app/help/help.js'),
    import('../detectors/index.js'),
  ]);
  return helpText(detectors, commands, command);
}

async function runCommand(line: CommandLine<Command>): Promise<number> {
  const { command } = line;
  const remark = await dropPrivileges(command.rootFor);
  // Only commands that probe need rights; they show the remark on their own screen.
  if (command.rootFor === 'sockets') io.remark = remark;
  return command.run(line, io);
}

async function run(argv: readonly string[]): Promise<number> {
  const line = readCommandLine(argv, commands);
  if (line.flags.version) io.write(`${version}\n`);
  else if (line.flags.help) io.write(`${await help(line.explicit ? line.command : undefined)}\n`);
  else return runCommand(line);
  return CODES.done;
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
void stdout.failed.then(failure => {
  if (failure.kind === 'failed') say(`cannot write to standard output: ${failure.words}`);
});

try {
  exit(await delivered(await run(process.argv.slice(2))));
} catch (error) {
  fail(error);
}
