#!/usr/bin/env node
import './system/usr1.js'; // first, so that the signal is ours before anything else runs

import { isatty } from 'node:tty';
import { dropPrivileges } from '../probes/privileged/privileges.js';
import { type CommandLine, readCommandLine } from './app/command-line.js';
import type { Command } from './app/commands/index.js';
import { CODES } from './app/exit-codes.js';
import { deferred } from './core/deferred.js';
import { printable } from './core/format/text.js';
import { UsageError } from './core/usage-error.js';
import { OutputQueue } from './output/output-queue.js';
import type { Ending, SessionIo } from './session/io.js';
import { standardStream } from './system/standard-stream.js';
import { releaseTerminal, restoreTerminal } from './system/terminal.js';
import { onUsr1 } from './system/usr1.js';
import { version } from './system/version.js';

/** Words of ours around a text of others, however long that is. */
const MAX_SAID = 4000;

const stdout = new OutputQueue(standardStream(1), isatty(1));
const stderr = new OutputQueue(standardStream(2), isatty(2));

/** A standard error that nobody reads must not end a session, nor take its memory. */
function say(text: string): void {
  if (stderr.accepts('low'))
    stderr.write(`migwatch: ${shortened(text).split('\n').map(printable).join('\n  ')}\n`);
}

/** Without its middle: what came stands at the beginning, and what to do at the end. */
function shortened(text: string): string {
  const half = MAX_SAID / 2;
  return text.length <= MAX_SAID ? text : `${text.slice(0, half)} … ${text.slice(-half)}`;
}

/** Nothing else ends the process. */
function exit(code: number): never {
  restoreTerminal();
  releaseTerminal();
  process.exit(code);
}

/** How long a reader may take after a signal asked us to end, and how long it may take to read messages. */
const PATIENCE_MS = 2000;

const never = new Promise<never>(() => {});
const patience = () => new Promise<void>(done => setTimeout(done, PATIENCE_MS));

/**
 * Resolves with the final exit code when everything was read: a slow reader gets it all, unless a signal ended us before or
 * does so while we wait.
 */
async function delivered(code: number): Promise<number> {
  const read = stdout.settled().then(() => code);
  const hurried = (ended ?? never).then(async signal => {
    await patience();
    return code || CODES[signal];
  });
  const final = await Promise.race([read, hurried]);
  if (!stdout.failure && !stdout.isIdle)
    say('standard output was not read to its end: its last lines are lost');
  await Promise.race([stderr.settled(), patience()]);
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
 * Resolves at the first signal that asks us to end; a second SIGINT or SIGTERM ends us at once. A second SIGHUP does not:
 * a shell whose terminal is closed sends one, and the kernel another when the shell exits, before a recording is ended.
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
  /** Signals are ours from the moment at which somebody waits for them; until then they end us as usual. */
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
void stdout.failed.then(failure => {
  if (failure.kind === 'failed') say(`cannot write to standard output: ${failure.words}`);
});

try {
  exit(await delivered(await run(process.argv.slice(2))));
} catch (error) {
  fail(error);
}
